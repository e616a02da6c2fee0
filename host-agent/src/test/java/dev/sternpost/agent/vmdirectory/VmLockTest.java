package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmLockTest {

    private static final LockHolder HERE = new LockHolder("host-1", 5, 7, "");
    private static final LockHolder THERE = new LockHolder("host-2", 5, 8, "mig-1");

    @TempDir
    Path directory;

    private VmLock lock;

    @BeforeEach
    void open() {
        lock = new VmLock(directory, "app", "vm-7");
    }

    @Test
    void a_free_lock_is_taken_and_says_by_whom() {
        assertThat(lock.holder()).isEmpty();

        lock.take(HERE);

        assertThat(lock.holder()).contains(HERE);
        assertThat(HERE).hasToString("host-1@7");
        assertThat(new VmLock(directory, "other", "vm-7").holder()).isEmpty();
    }

    @Test
    void the_same_host_takes_it_again_with_the_same_or_a_later_generation_only() {
        lock.take(HERE);
        lock.take(HERE);
        LockHolder later = new LockHolder("host-1", 6, 9, "");
        lock.take(later);

        assertFault(() -> lock.take(HERE), FaultCode.STALE_GENERATION);
        assertThat(lock.holder()).contains(later);
    }

    @Test
    void another_host_does_not_take_it_whatever_its_generation() {
        lock.take(HERE);

        assertFault(() -> lock.take(new LockHolder("host-2", 1, 99, "")), FaultCode.VM_LOCKED);
        assertThatThrownBy(() -> lock.take(THERE))
                .hasMessageContaining("host-1")
                .hasMessageContaining("7");
        assertThat(lock.holder()).contains(HERE);
    }

    @Test
    void it_is_handed_over_and_taken_back_and_both_may_be_repeated() {
        lock.take(HERE);

        lock.handOver(HERE, THERE);
        lock.handOver(HERE, THERE);
        assertThat(lock.holder()).contains(THERE);

        lock.takeBack(THERE, HERE);
        lock.takeBack(THERE, HERE);
        assertThat(lock.holder()).contains(HERE);
    }

    @Test
    void what_somebody_else_holds_is_neither_handed_over_nor_taken_back() {
        LockHolder third = new LockHolder("host-3", 1, 8, "");
        lock.take(third);

        assertFault(() -> lock.handOver(HERE, THERE), FaultCode.VM_LOCKED);
        assertFault(() -> lock.takeBack(THERE, HERE), FaultCode.VM_LOCKED);
        assertThat(lock.holder()).contains(third);
    }

    @Test
    void a_hand_over_from_another_generation_of_the_same_host_is_refused() {
        lock.take(new LockHolder("host-1", 5, 6, ""));

        assertFault(() -> lock.handOver(HERE, THERE), FaultCode.VM_LOCKED);
        assertThat(lock.holder())
                .hasValueSatisfying(holder -> assertThat(holder.generation()).isEqualTo(6));
    }

    @Test
    void a_lock_that_is_gone_is_not_made_anew_by_handing_it_over() {
        assertFault(() -> lock.handOver(HERE, THERE), FaultCode.VM_LOCKED);
        assertFault(() -> lock.takeBack(THERE, HERE), FaultCode.VM_LOCKED);
        assertThat(lock.holder()).isEmpty();
    }

    @Test
    void only_its_holder_releases_it() {
        lock.take(HERE);

        assertThat(lock.release("host-2")).isFalse();
        assertThat(lock.holder()).contains(HERE);
        assertThat(lock.release("host-1")).isTrue();
        assertThat(lock.holder()).isEmpty();
        assertThat(lock.release("host-1")).isTrue();
    }

    @Test
    void a_guest_may_run_only_under_the_holders_name_and_generation() {
        assertFault(() -> lock.require("host-1", 7), FaultCode.VM_LOCKED);
        lock.take(HERE);

        lock.require("host-1", 7);
        assertFault(() -> lock.require("host-1", 8), FaultCode.STALE_GENERATION);
        assertFault(() -> lock.require("host-1", 6), FaultCode.STALE_GENERATION);
        assertFault(() -> lock.require("host-2", 7), FaultCode.VM_LOCKED);
    }

    @Test
    void a_lock_file_that_cannot_be_understood_is_never_taken_for_no_lock() throws IOException {
        for (String damaged : List.of(
                "",
                "hostId = \"host-1\"\n",
                "rubbish",
                "hostId = \"../x\"\ngeneration = \"1\"\nincarnation = \"1\"\n",
                "hostId = \"host-1\"\nincarnation = \"1\"\ngeneration = \"-1\"\n",
                "hostId = \"host-1\"\nincarnation = \"1\"\ngeneration = \"99999999999999999999\"\n",
                "#".repeat(5000))) {
            Files.writeString(directory.resolve("app.lck"), damaged);

            for (ThrowingCallable step : List.<ThrowingCallable>of(
                    lock::holder,
                    () -> lock.take(HERE),
                    () -> lock.handOver(HERE, THERE),
                    () -> lock.release("host-1"),
                    () -> lock.require("host-1", 7))) {
                assertThatThrownBy(step)
                        .as(damaged)
                        .isInstanceOfSatisfying(
                                FaultException.class,
                                fault -> assertThat(fault.code())
                                        .isIn(FaultCode.VM_LOCKED, FaultCode.VM_DIRECTORY_UNREADABLE));
            }
            assertThat(directory.resolve("app.lck")).hasContent(damaged);
        }
    }

    @Test
    void where_there_is_no_directory_there_is_no_lock_to_take() {
        VmLock nowhere = new VmLock(directory.resolve("gone"), "app", "vm-7");

        assertThat(nowhere.holder()).isEmpty();
        assertFault(() -> nowhere.take(HERE), FaultCode.DATASTORE_INACCESSIBLE);
    }

    @Test
    void of_many_who_want_it_at_once_exactly_one_gets_it() throws InterruptedException {
        List<String> winners = allAtOnce(8, i -> {
            String host = "host-" + i;
            try {
                new VmLock(directory, "app", "vm-7").take(new LockHolder(host, 1, 1, ""));
                return host;
            } catch (FaultException e) {
                assertThat(e.code()).isEqualTo(FaultCode.VM_LOCKED);
                return "";
            }
        });

        assertThat(winners).hasSize(1);
        assertThat(lock.holder())
                .hasValueSatisfying(holder -> assertThat(holder.hostId()).isEqualTo(winners.getFirst()));
    }

    @Test
    void a_target_and_a_source_that_both_act_never_both_succeed() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            Path own = directory.resolve("vm-" + round);
            VmLock contested = lockIn(own);
            contested.take(HERE);
            contested.handOver(HERE, THERE);

            // The source takes it back while the target, having been powered off, gives it up and takes it anew.
            List<String> successes = allAtOnce(2, i -> {
                try {
                    if (i == 0) {
                        lockIn(own).takeBack(THERE, HERE);
                        return "back";
                    }
                    lockIn(own).take(new LockHolder("host-2", 6, 9, ""));
                    return "kept";
                } catch (FaultException e) {
                    return "";
                }
            });

            assertThat(successes).hasSize(1);
            assertThat(contested.holder().orElseThrow().hostId())
                    .isEqualTo(successes.getFirst().equals("back") ? "host-1" : "host-2");
        }
    }

    @Test
    void a_change_leaves_nothing_beside_the_lock_but_its_guard() throws IOException {
        lock.take(HERE);
        lock.handOver(HERE, THERE);
        lock.takeBack(THERE, HERE);

        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.lck", "app.lck.guard");
        }
    }

    @Test
    void any_bytes_name_a_holder_or_nobody_that_can_be_trusted() {
        Property.holds("a lock file is read or refused", 1000, random -> {
            byte[] bytes = damaged(random);
            try {
                Optional<LockHolder> holder = LockHolder.parse(bytes, "app.lck");
                holder.ifPresent(one -> assertThat(LockHolder.parse(one.bytes("vm-7"), "app.lck"))
                        .contains(one));
            } catch (FaultException e) {
                assertThat(e.code()).isEqualTo(FaultCode.VM_DIRECTORY_UNREADABLE);
            }
        });
    }

    private static byte[] damaged(Generator random) {
        LockHolder holder = new LockHolder(
                "host-" + random.between(0, 9), random.between(0L, 99L), random.between(0L, 99L), random.word(4));
        byte[] bytes = new String(holder.bytes("vm-7"), StandardCharsets.UTF_8)
                .replace(random.pick(List.of("\"", "=", "host", "\n", "generation", "never")), random.word(3))
                .getBytes(StandardCharsets.UTF_8);
        for (int i = random.between(0, 3); i > 0; i--) {
            bytes[random.between(0, bytes.length - 1)] = (byte) random.between(0, 255);
        }
        return bytes;
    }

    @Test
    void a_lock_of_another_virtual_machine_in_the_same_place_is_left_alone() {
        VmLock later = new VmLock(directory, "app", "vm-8");
        later.take(HERE);

        assertThat(lock.release("host-1")).isFalse();
        assertFault(() -> lock.take(new LockHolder("host-1", 5, 99, "")), FaultCode.VM_LOCKED);
        assertFault(() -> lock.handOver(HERE, THERE), FaultCode.VM_LOCKED);
        assertThat(later.holder()).contains(HERE);
        assertThat(later.release("host-1")).isTrue();
    }

    private static VmLock lockIn(Path own) {
        try {
            return new VmLock(Files.createDirectories(own), "app", "vm-7");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Contender {
        String act(int number);
    }

    /** What those said who succeeded. */
    private static List<String> allAtOnce(int count, Contender contender) throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Callable<String>> tries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tries.add(() -> contender.act(number));
            }
            List<String> said = new ArrayList<>();
            for (Future<String> one : threads.invokeAll(tries)) {
                try {
                    said.add(one.get());
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
            return said.stream().filter(word -> !word.isEmpty()).toList();
        }
    }

    private static void assertFault(ThrowingCallable step, FaultCode code) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
