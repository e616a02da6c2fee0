package dev.sternpost.agent.availability.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BlockSlotStoreTest extends SlotStoreContract {
    private static final UUID ID = new UUID(7, 7);

    private Path device() {
        return temp.resolve("device");
    }

    private static void size(Path device, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    @Override
    SlotStore fresh() throws IOException {
        size(device(), BlockSlotStore.BYTES_MIN);
        BlockSlotStore.format(device(), ID);
        return again();
    }

    @Override
    BlockSlotStore again() throws IOException {
        return BlockSlotStore.open(device(), ID, 0);
    }

    @Override
    SlotStore missing() throws IOException {
        Path other = temp.resolve("unplugged");
        size(other, BlockSlotStore.BYTES_MIN);
        SlotStore store = BlockSlotStore.format(other, ID);
        Files.delete(other);
        return store;
    }

    @Override
    Path fileOf(String slot) {
        return device();
    }

    @Override
    long positionOf(String slot) throws IOException {
        return again().positionOf(slot);
    }

    @Override
    void takeAway() throws IOException {
        Files.move(device(), temp.resolve("elsewhere"));
    }

    @Test
    void a_device_that_holds_something_is_not_formatted() throws IOException {
        assertThatThrownBy(() -> BlockSlotStore.format(device(), ID)).hasMessageContaining("is not empty");
        Path other = temp.resolve("with-a-file-system");
        size(other, BlockSlotStore.BYTES_MIN);
        try (RandomAccessFile file = new RandomAccessFile(other.toFile(), "rw")) {
            file.seek(1_080);
            file.write(0x53);
        }
        byte[] before = Files.readAllBytes(other);
        assertThatThrownBy(() -> BlockSlotStore.format(other, ID)).hasMessageContaining("is not empty");
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
    }

    @Test
    void a_device_that_is_too_small_or_another_store_is_refused() throws IOException {
        Path small = temp.resolve("small");
        size(small, BlockSlotStore.BYTES_MIN - 1);
        assertThatThrownBy(() -> BlockSlotStore.format(small, ID)).hasMessageContaining("a store needs");
        assertThatThrownBy(() -> BlockSlotStore.open(device(), new UUID(8, 8)))
                .hasMessageContaining("is not the store");
        assertThat(BlockSlotStore.idOf(device())).contains(ID);
        assertThat(BlockSlotStore.idOf(small)).isEmpty();
    }

    @Test
    void another_store_in_its_place_is_not_written_to() throws IOException {
        store.write("host-1.lease", "one");
        takeAway();
        size(device(), BlockSlotStore.BYTES_MIN);
        BlockSlotStore.format(device(), new UUID(9, 9));
        byte[] before = Files.readAllBytes(device());
        assertThatThrownBy(() -> store.write("host-1.lease", "two")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.read("host-1.lease")).isInstanceOf(IOException.class);
        assertThat(Files.readAllBytes(device())).isEqualTo(before);
    }

    @Test
    void a_slot_that_lost_its_place_to_another_host_finds_out_and_gets_another() throws IOException {
        store.write("host-1.lease", "one");
        long entry = RawFile.BLOCK_BYTES;
        byte[] block;
        Path scratch = temp.resolve("scratch");
        size(scratch, BlockSlotStore.BYTES_MIN);
        BlockSlotStore.format(scratch, ID);
        BlockSlotStore.open(scratch, ID, 0).write("host-2.lease", "two");
        try (RandomAccessFile from = new RandomAccessFile(scratch.toFile(), "r");
                RandomAccessFile to = new RandomAccessFile(device().toFile(), "rw")) {
            block = new byte[RawFile.BLOCK_BYTES];
            from.seek(entry);
            from.readFully(block);
            to.seek(entry);
            to.write(block);
        }
        assertThat(store.read("host-1.lease")).isEmpty();
        again().write("host-2.lease", "two");
        store.write("host-1.lease", "one again");
        assertThat(again().read("host-1.lease")).contains("one again");
        assertThat(again().read("host-2.lease")).contains("two");
    }

    @Test
    void there_is_room_for_the_slots_of_a_large_cluster_and_no_more() throws IOException {
        for (int i = 0; i < BlockSlotStore.SLOTS_MAX; i++) {
            store.write("slot-" + i, "content " + i);
        }
        assertThatThrownBy(() -> store.write("one-more", "x")).hasMessageContaining("are taken");
        SlotStore other = again();
        for (int i = 0; i < BlockSlotStore.SLOTS_MAX; i++) {
            assertThat(other.read("slot-" + i)).contains("content " + i);
        }
    }
}
