package dev.sternpost.agent.engine.simulated;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A guest's memory: pages that carry their own number, how often they were written and a checksum, so that a page that
 * is lost, torn or stale after a move is found out. Not safe for several threads.
 */
final class SimulatedMemory {

    static final int PAGE_BYTES = 256;

    private static final int CHECKSUM_BYTES = Long.BYTES;

    private final byte[][] pages;
    private final BitSet dirty = new BitSet();
    private long writes;

    SimulatedMemory(int pageCount) {
        pages = new byte[pageCount][];
        for (int i = 0; i < pageCount; i++) {
            pages[i] = page(i, 0);
        }
    }

    int pageCount() {
        return pages.length;
    }

    /** Writes of the guest so far. */
    long writes() {
        return writes;
    }

    /** The guest writes a page. */
    void write(int index) {
        pages[index] = page(index, counter(pages[index]) + 1);
        writes++;
        dirty.set(index);
    }

    /** Everything has to be sent. */
    void markAllDirty() {
        dirty.set(0, pages.length);
    }

    int dirtyCount() {
        return dirty.cardinality();
    }

    /** Takes the dirty pages' numbers and cleans the bitmap. */
    List<Integer> takeDirty() {
        List<Integer> taken = new ArrayList<>();
        dirty.stream().forEach(taken::add);
        dirty.clear();
        return taken;
    }

    byte[] read(int index) {
        return pages[index].clone();
    }

    /** A page arrives from elsewhere. */
    void load(int index, byte[] content) {
        pages[index] = content;
    }

    /** How often the guest had written, as told by where the pages come from. */
    void loadWrites(long count) {
        writes = count;
    }

    /** Whether every page is whole and no write is missing. */
    boolean intact() {
        long sum = 0;
        for (int i = 0; i < pages.length; i++) {
            long counter = counter(pages[i]);
            if (!Arrays.equals(pages[i], page(i, counter))) {
                return false;
            }
            sum += counter;
        }
        return sum == writes;
    }

    private static long counter(byte[] page) {
        return ByteBuffer.wrap(page).getLong(Integer.BYTES);
    }

    private static byte[] page(int index, long counter) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.putInt(index).putLong(counter);
        while (page.remaining() > CHECKSUM_BYTES) {
            page.put((byte) (counter * 31 + page.position()));
        }
        CRC32 checksum = new CRC32();
        checksum.update(page.array(), 0, page.position());
        return page.putLong(checksum.getValue()).array();
    }
}
