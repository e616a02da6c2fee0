package dev.sternpost.agent.availability.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DirectorySlotStoreTest extends SlotStoreContract {
    @Override
    SlotStore fresh() throws IOException {
        return DirectorySlotStore.create(directory());
    }

    @Override
    SlotStore again() {
        return new DirectorySlotStore(directory());
    }

    @Override
    SlotStore missing() {
        return new DirectorySlotStore(temp.resolve("not-mounted"));
    }

    @Override
    Path fileOf(String slot) {
        return directory().resolve(slot);
    }

    @Override
    long positionOf(String slot) {
        return 0;
    }

    @Override
    void takeAway() throws IOException {
        Files.move(directory(), temp.resolve("elsewhere"));
    }

    private Path directory() {
        return temp.resolve("ha");
    }

    @Test
    void a_slot_keeps_its_place_and_its_blocks_so_that_a_full_datastore_does_not_end_a_lease() throws IOException {
        store.write("host-1.lease", "one");
        Object inode = Files.getAttribute(fileOf("host-1.lease"), "unix:ino");
        long bytes = Files.size(fileOf("host-1.lease"));
        store.write("host-1.lease", "x".repeat(SlotStore.CONTENT_BYTES_MAX));
        assertThat(Files.getAttribute(fileOf("host-1.lease"), "unix:ino")).isEqualTo(inode);
        assertThat(Files.size(fileOf("host-1.lease"))).isEqualTo(bytes).isEqualTo(TwoCopies.BYTES);
    }

    @Test
    void what_crashes_left_is_swept_but_not_what_others_are_about() throws IOException {
        Path old = Files.createFile(directory().resolve(".host-9.lease.1a.tmp"));
        Files.setLastModifiedTime(
                old, FileTime.fromMillis(Files.getLastModifiedTime(old).toMillis() - 2 * 3_600_000));
        Path young = Files.createFile(directory().resolve(".host-8.lease.2b.tmp"));
        store.write("host-1.lease", "one");
        try (Stream<Path> left = Files.list(directory())) {
            assertThat(left).containsExactlyInAnyOrder(young, fileOf("host-1.lease"));
        }
    }

    @Test
    void a_slot_that_the_system_refuses_fails_and_does_not_look_empty() throws IOException {
        store.write("host-1.lease", "one");
        Files.delete(fileOf("host-1.lease"));
        Files.createDirectory(fileOf("host-1.lease"));
        // A directory in its place stands for every refusal of the system: permissions do not bind root, who runs tests
        // at times.
        assertThatThrownBy(() -> store.write("host-1.lease", "two")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.read("host-1.lease")).isInstanceOf(IOException.class);
    }
}
