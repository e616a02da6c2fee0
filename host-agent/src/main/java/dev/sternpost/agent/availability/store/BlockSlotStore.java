package dev.sternpost.agent.availability.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * Slots on a block device that all hosts see, such as a LUN, or in a file of fixed size. The first block says whose it is, the next ones which
 * slot has which name, then follow the slots. Nothing of a file system is in between, so that nothing but the device can be full, slow or cached.
 *
 * <p>A slot gets its place when it is written first, by claiming a free entry of the directory: the name is written there, time is given to
 * whoever saw the entry free as well, and who then still finds his name has it. Each access looks at the entry again, so that whoever lost his all the
 * same finds out, and claims another.
 */
public final class BlockSlotStore implements SlotStore {
    private static final long MAGIC = 0x53504f5354424c31L;
    private static final long ENTRY_MAGIC = 0x53504f5354454e31L;
    private static final int BLOCK = RawFile.BLOCK_BYTES;

    /** Slots of a store: two for each of 64 hosts, and some for all of them. */
    public static final int SLOTS_MAX = 160;

    private static final long SLOTS_AT = BLOCK * (1L + SLOTS_MAX);

    /** What a device must have. */
    public static final long BYTES_MIN = SLOTS_AT + (long) SLOTS_MAX * TwoCopies.BYTES;

    /** Bytes at its beginning that must be zero before a device is taken for empty. */
    private static final int EMPTY_BYTES = 1 << 20;

    private final Path device;
    private final UUID id;

    /** Between seeing an entry free and having written it there passes at most so long, on storage that is worth anything. */
    private static final long SETTLE_MILLIS = 2_000;

    private final long settleMillis;

    /** Where a slot was found last. */
    private final Map<String, Integer> places = new ConcurrentHashMap<>();

    private BlockSlotStore(Path device, UUID id, long settleMillis) {
        this.device = device;
        this.id = id;
        this.settleMillis = settleMillis;
    }

    /**
     * Makes a store of a device.
     *
     * @throws IOException when there is something on it already, or it is too small
     */
    public static BlockSlotStore format(Path device, UUID id) throws IOException {
        try (RawFile file = RawFile.open(device, true)) {
            long bytes = file.bytes();
            if (bytes < BYTES_MIN) {
                throw new IOException("%s has %d bytes, a store needs %d".formatted(device, bytes, BYTES_MIN));
            }
            ByteBuffer begin = file.read(0, EMPTY_BYTES);
            while (begin.hasRemaining()) {
                if (begin.getLong() != 0) {
                    throw new IOException(
                            device + " is not empty; overwrite its first MiB with zeros if it may be used");
                }
            }
            for (int entry = 0; entry < SLOTS_MAX; entry++) {
                file.write(BLOCK * (1L + entry), RawFile.blocks(BLOCK));
                file.write(SLOTS_AT + (long) entry * TwoCopies.BYTES, RawFile.blocks(TwoCopies.BYTES));
            }
            // Last, so that a device that was formatted by half is none.
            file.write(0, sealed(MAGIC, id.toString()));
        }
        return new BlockSlotStore(device, id, SETTLE_MILLIS);
    }

    /**
     * Opens what {@link #format} made.
     *
     * @throws IOException when it is not there, is no store, or is another one
     */
    public static BlockSlotStore open(Path device, UUID id) throws IOException {
        return open(device, id, SETTLE_MILLIS);
    }

    static BlockSlotStore open(Path device, UUID id, long settleMillis) throws IOException {
        BlockSlotStore store = new BlockSlotStore(device, id, settleMillis);
        try (RawFile file = store.opened(false)) {
            Objects.requireNonNull(file);
        }
        return store;
    }

    /** Which store is on a device; empty when none is. */
    public static Optional<UUID> idOf(Path device) throws IOException {
        try (RawFile file = RawFile.open(device, false)) {
            return unsealed(MAGIC, file.read(0, BLOCK)).map(UUID::fromString);
        }
    }

    @Override
    public Optional<String> read(String slot) throws IOException {
        SlotName.checked(slot);
        try (RawFile file = opened(false)) {
            int place = placeOf(file, slot);
            return place < 0 ? Optional.empty() : TwoCopies.read(file, positionOf(place));
        }
    }

    @Override
    public void write(String slot, String content) throws IOException {
        SlotName.checked(slot);
        try (RawFile file = opened(true)) {
            int place = placeOf(file, slot);
            TwoCopies.write(file, positionOf(place < 0 ? claimed(file, slot) : place), content);
        }
    }

    /** Where the two copies of a slot begin. */
    long positionOf(String slot) throws IOException {
        try (RawFile file = opened(false)) {
            return positionOf(placeOf(file, slot));
        }
    }

    private static long positionOf(int place) {
        return SLOTS_AT + (long) place * TwoCopies.BYTES;
    }

    /** Each time: a device may be taken away, or another may have its name now. */
    private RawFile opened(boolean forWriting) throws IOException {
        RawFile file = RawFile.open(device, forWriting);
        Optional<String> there = unsealed(MAGIC, file.read(0, BLOCK));
        if (!there.equals(Optional.of(id.toString()))) {
            file.close();
            throw new IOException(device + " is not the store " + id
                    + there.map(other -> ", but " + other).orElse(""));
        }
        return file;
    }

    /** The place of a slot; -1 when it has none. */
    private int placeOf(RawFile file, String slot) throws IOException {
        Integer known = places.get(slot);
        if (known != null && isOf(file, known, slot)) {
            return known;
        }
        int place = directory(file).getOrDefault(slot, -1);
        if (place >= 0) {
            places.put(slot, place);
        }
        return place;
    }

    private static boolean isOf(RawFile file, int place, String slot) throws IOException {
        return unsealed(ENTRY_MAGIC, file.read(BLOCK * (1L + place), BLOCK)).equals(Optional.of(slot));
    }

    /** The first entry of a name counts. */
    private static Map<String, Integer> directory(RawFile file) throws IOException {
        ByteBuffer blocks = file.read(BLOCK, SLOTS_MAX * BLOCK);
        Map<String, Integer> found = new LinkedHashMap<>();
        for (int entry = 0; entry < SLOTS_MAX; entry++) {
            int place = entry;
            unsealed(ENTRY_MAGIC, blocks.slice(entry * BLOCK, BLOCK)).ifPresent(name -> found.putIfAbsent(name, place));
        }
        return found;
    }

    private int claimed(RawFile file, String slot) throws IOException {
        for (int attempt = 0; attempt < SLOTS_MAX; attempt++) {
            Integer place = directory(file).get(slot);
            if (place != null) {
                places.put(slot, place);
                return place;
            }
            synchronized (BlockSlotStore.class) {
                file.write(BLOCK * (1L + firstFree(file, slot)), sealed(ENTRY_MAGIC, slot));
            }
            settle();
        }
        throw new IOException("no slot could be claimed for " + slot + " on " + device);
    }

    private void settle() throws InterruptedIOException {
        try {
            Thread.sleep(settleMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("a slot was being claimed");
        }
    }

    private int firstFree(RawFile file, String slot) throws IOException {
        ByteBuffer blocks = file.read(BLOCK, SLOTS_MAX * BLOCK);
        for (int entry = 0; entry < SLOTS_MAX; entry++) {
            if (unsealed(ENTRY_MAGIC, blocks.slice(entry * BLOCK, BLOCK)).isEmpty()) {
                return entry;
            }
        }
        throw new IOException("all " + SLOTS_MAX + " slots of " + device + " are taken; none is left for " + slot);
    }

    private static ByteBuffer sealed(long magic, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer block = RawFile.blocks(BLOCK);
        block.putLong(magic).putInt(bytes.length).putLong(sum(bytes)).put(bytes);
        return block.clear();
    }

    private static Optional<String> unsealed(long magic, ByteBuffer block) {
        int length = block.getInt(8);
        if (block.getLong(0) != magic || length < 1 || length > SlotName.LENGTH_MAX) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        block.get(20, bytes);
        return block.getLong(12) == sum(bytes)
                ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static long sum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
