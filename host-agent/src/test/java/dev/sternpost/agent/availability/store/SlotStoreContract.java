package dev.sternpost.agent.availability.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store of slots promises, whatever it is made of. */
abstract class SlotStoreContract {
    private static final int WRITES = 200;
    private static final int TORN_BYTES = 700;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path temp;

    @SuppressWarnings("NullAway.Init") // by setUp
    SlotStore store;

    @BeforeEach
    void setUp() throws IOException {
        store = fresh();
    }

    /** An empty store. */
    abstract SlotStore fresh() throws IOException;

    /** The same storage as another host sees it. */
    abstract SlotStore again() throws IOException;

    /** A store whose storage is not there. */
    abstract SlotStore missing() throws IOException;

    /** The file in which a slot's two copies are. */
    abstract Path fileOf(String slot);

    /** Where they begin in it. */
    abstract long positionOf(String slot) throws IOException;

    /** Takes the storage away that was there. */
    abstract void takeAway() throws IOException;

    @Test
    void a_slot_says_what_was_written_last_and_nothing_before() throws IOException {
        assertThat(store.read("host-1.lease")).isEmpty();
        store.write("host-1.lease", "one\n");
        assertThat(store.read("host-1.lease")).contains("one\n");
        store.write("host-1.lease", "two, and longer\n");
        assertThat(store.read("host-1.lease")).contains("two, and longer\n");
        store.write("host-1.lease", "");
        assertThat(store.read("host-1.lease")).contains("");
        assertThat(again().read("host-1.lease")).contains("");
        assertThat(again().read("host-2.lease")).isEmpty();
    }

    @Test
    void content_of_every_length_up_to_the_longest_comes_back() throws IOException {
        int max = SlotStore.CONTENT_BYTES_MAX;
        for (int length : new int[] {1, 4_063, 4_064, 4_065, 8_192, 100_000, max - 1, max, 5}) {
            String content = "äb".repeat(length / 3) + "x".repeat(length % 3);
            store.write("host-1.vms", content);
            assertThat(again().read("host-1.vms")).contains(content);
        }
    }

    @Test
    void what_is_too_long_or_badly_named_is_refused_and_changes_nothing() throws IOException {
        store.write("host-1.vms", "short");
        assertThatThrownBy(() -> store.write("host-1.vms", "x".repeat(SlotStore.CONTENT_BYTES_MAX + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.read("host-1.vms")).contains("short");
        for (String name : List.of("", "../outside", "a/b", ".hidden", "x".repeat(64), "with space")) {
            assertThatThrownBy(() -> store.write(name, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.read(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void two_hosts_on_different_slots_do_not_disturb_each_other() throws Exception {
        SlotStore other = again();
        inParallel(() -> writeMany(store, "host-1.lease"), () -> writeMany(other, "host-2.lease"));
        assertThat(store.read("host-1.lease")).contains(content("host-1.lease", WRITES));
        assertThat(store.read("host-2.lease")).contains(content("host-2.lease", WRITES));
    }

    @Test
    void two_hosts_on_the_same_new_slot_leave_one_of_the_two_writes() throws Exception {
        for (int round = 0; round < 20; round++) {
            String slot = "slot-" + round;
            SlotStore one = again();
            SlotStore other = again();
            inParallel(() -> writeUnchecked(one, slot, "one"), () -> writeUnchecked(other, slot, "other"));
            assertThat(store.read(slot).orElseThrow()).isIn("one", "other");
        }
    }

    @Test
    void a_reader_beside_a_writer_sees_whole_contents_that_only_get_newer() throws Exception {
        store.write("host-1.lease", content("host-1.lease", 0));
        SlotStore reader = again();
        List<Integer> seen = new ArrayList<>();
        inParallel(() -> writeMany(store, "host-1.lease"), () -> {
            int last = 0;
            while (last < WRITES) {
                String read = readUnchecked(reader, "host-1.lease").orElse("nothing");
                last = Integer.parseInt(read.substring(read.lastIndexOf(' ') + 1));
                assertThat(read).isEqualTo(content("host-1.lease", last));
                seen.add(last);
            }
        });
        assertThat(seen).isSorted();
    }

    @Test
    void a_write_torn_at_any_place_leaves_the_old_content_or_the_new() {
        Property.holds("a torn write leaves the old or the new", 80, random -> {
            String slot = "host-" + random.between(1, 5) + ".vms";
            String before = "before ".repeat(random.between(1, 2_000));
            String after = "after ".repeat(random.between(1, 2_000));
            store.write(slot, "older still");
            store.write(slot, before);
            byte[] old = raw(slot);
            store.write(slot, after);
            byte[] now = raw(slot);
            // Only a part of what the write changed came to the disk.
            int first = 0;
            while (old[first] == now[first]) {
                first++;
            }
            int last = now.length - 1;
            while (old[last] == now[last]) {
                last--;
            }
            int tear = random.between(first, last);
            System.arraycopy(old, tear, now, tear, now.length - tear);
            overwrite(slot, now);
            assertThat(store.read(slot).orElse("nothing")).isIn(before, after);
            store.write(slot, "healed");
            assertThat(store.read(slot)).contains("healed");
        });
    }

    @Test
    void garbage_in_one_copy_leaves_the_other_and_in_both_leaves_nothing_until_it_is_written_again()
            throws IOException {
        store.write("host-1.lease", "one");
        store.write("host-1.lease", "two");
        byte[] whole = raw("host-1.lease");
        byte[] spoilt = whole.clone();
        for (int i = 0; i < TORN_BYTES; i++) {
            spoilt[i] ^= 0x5a;
        }
        overwrite("host-1.lease", spoilt);
        assertThat(store.read("host-1.lease")).contains("two");
        for (int i = 0; i < TORN_BYTES; i++) {
            spoilt[spoilt.length / 2 + i] ^= 0x5a;
        }
        overwrite("host-1.lease", spoilt);
        assertThat(store.read("host-1.lease")).isEmpty();
        store.write("host-1.lease", "three");
        assertThat(store.read("host-1.lease")).contains("three");
    }

    @Test
    void storage_that_is_not_there_fails_and_does_not_look_empty() throws IOException {
        assertThatThrownBy(() -> missing().read("host-1.lease")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> missing().write("host-1.lease", "x")).isInstanceOf(IOException.class);
        store.write("host-1.lease", "x");
        takeAway();
        assertThatThrownBy(() -> store.read("host-1.lease")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.write("host-1.lease", "y")).isInstanceOf(IOException.class);
    }

    byte[] raw(String slot) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOf(slot), StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(TwoCopies.BYTES);
            while (buffer.hasRemaining() && channel.read(buffer, positionOf(slot) + buffer.position()) > 0) {}
            return buffer.array();
        }
    }

    void overwrite(String slot, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOf(slot), StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer, positionOf(slot) + buffer.position());
            }
            channel.force(true);
        }
    }

    private static String content(String slot, int number) {
        return slot + " " + "filling ".repeat(number % 7 * 300) + number;
    }

    private static void writeMany(SlotStore store, String slot) {
        for (int i = 1; i <= WRITES; i++) {
            writeUnchecked(store, slot, content(slot, i));
        }
    }

    private static void writeUnchecked(SlotStore store, String slot, String content) {
        try {
            store.write(slot, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> readUnchecked(SlotStore store, String slot) {
        try {
            return store.read(slot);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void inParallel(Runnable one, Runnable other) throws Exception {
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            Future<?> first = two.submit(one);
            Future<?> second = two.submit(other);
            first.get(60, TimeUnit.SECONDS);
            second.get(60, TimeUnit.SECONDS);
        }
    }
}
