package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EventLog;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real QEMU guest that never rests has time taken from it. */
class GuestThrottleTest {

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long MEASURED_NANOS = 3_000_000_000L;

    private static VmMeters read(RunningVm vm) {
        return Await.untilPresent("meters", BOUND, vm::meters);
    }

    private static double cpus(RunningVm vm) {
        VmMeters before = read(vm);
        Await.until("enough time to measure", BOUND, () -> System.nanoTime() - before.nanoTime() > MEASURED_NANOS);
        VmMeters after = read(vm);
        return (double) (after.cpuUsedNanos() - before.cpuUsedNanos()) / (after.nanoTime() - before.nanoTime());
    }

    /** The group of the machine among the hierarchies' that has quotas. */
    private static Path group(RunningVm vm) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + vm.process().pid() + "/cgroup"))) {
            String[] fields = line.split(":", 3);
            for (String hierarchy : List.of("", fields[1], "cpu")) {
                Path group = Path.of("/sys/fs/cgroup", hierarchy, fields[2]);
                boolean limits =
                        Files.exists(group.resolve("cpu.cfs_quota_us")) || Files.exists(group.resolve("cpu.max"));
                if (fields[2].contains("sternpost-") && limits) {
                    return group;
                }
            }
        }
        throw new AssertionError("no control group with quotas");
    }

    @Test
    @Timeout(180)
    void a_guest_gets_no_more_than_is_left_to_it_until_everything_is_given_back(@TempDir Path directory)
            throws IOException {
        Assumptions.assumeTrue(
                QemuHarness.root() && Files.isWritable(Path.of("/sys/fs/cgroup")),
                "control groups cannot be made here");
        try (QemuHarness harness = new QemuHarness(directory)) {
            RunningVm vm = harness.engine(1)
                    .start(
                            harness.launch(
                                    "vm-17", new LaunchMode.Cold(), 32 << 20, Firmware.BIOS, TinyGuest::makeBusyDisk),
                            new EventLog());
            VmMeters first = read(vm);
            Await.until("the guest is busy", BOUND, () -> read(vm).cpuUsedNanos() - first.cpuUsedNanos() > 500_000_000);
            Path group = group(vm);
            GuestThrottle throttle = new GuestThrottle(vm.process(), List.of(group, directory.resolve("no-group")));
            assertThat(throttle.possible()).isTrue();

            throttle.begin();
            cpus(vm);
            throttle.set(0.75);
            // A busy guest used at most a whole CPU; a quarter of that and the rest of the process is what remains.
            assertThat(cpus(vm)).isLessThan(0.35);
            double taken = throttle.takenMillis();
            assertThat(taken).isPositive();
            assertThat(group.resolve(GuestThrottle.GROUP)).isDirectory();

            throttle.set(0.9);
            assertThat(cpus(vm)).isLessThan(0.2);

            throttle.lift();
            assertThat(group.resolve(GuestThrottle.GROUP)).doesNotExist();
            assertThat(throttle.takenMillis()).isGreaterThanOrEqualTo(taken);
            Await.until("it gets more again", BOUND, () -> cpus(vm) > 0.25);
            vm.powerOff();
        }
    }

    @Test
    void where_no_group_has_quotas_nothing_can_be_taken() {
        GuestThrottle throttle = new GuestThrottle(new ProcessIdentity(0, 0, ""), List.of(Path.of("/nowhere")));
        assertThat(throttle.possible()).isFalse();
        throttle.begin();
        throttle.set(0.5);
        throttle.lift();
        assertThat(throttle.takenMillis()).isZero();
    }
}
