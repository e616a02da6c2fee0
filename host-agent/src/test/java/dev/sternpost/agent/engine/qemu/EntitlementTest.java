package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EventLog;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real QEMU guests that never rest, under the kernel's control groups. */
class EntitlementTest {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final long MEASURED_SECONDS = 8;
    private static final Percentage FIVE = Percentage.withPercentage(5);

    private static RunningVm startBusy(QemuHarness harness) {
        return harness.engine(1)
                .start(
                        harness.launch(
                                "vm-17", new LaunchMode.Cold(), 32 << 20, Firmware.BIOS, TinyGuest::makeBusyDisk),
                        new EventLog());
    }

    private static VmMeters read(RunningVm vm) {
        return Await.untilPresent("meters", BOUND, vm::meters);
    }

    /** What it got of one CPU, in thousandths. */
    private static double permille(VmMeters before, VmMeters after) {
        return 1000.0 * (after.cpuUsedNanos() - before.cpuUsedNanos()) / (after.nanoTime() - before.nanoTime());
    }

    private static void awaitBusy(RunningVm vm) {
        VmMeters first = read(vm);
        Await.until("the guest is busy", BOUND, () -> read(vm).cpuUsedNanos() - first.cpuUsedNanos() > 500_000_000);
    }

    /** Whatever else this machine does just now is not what is tested. */
    private static void preferToStrangers(RunningVm vm) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + vm.process().pid() + "/cgroup"))) {
            String[] fields = line.split(":", 3);
            boolean unified = fields[1].isEmpty();
            Path group = Path.of("/sys/fs/cgroup", unified ? "" : fields[1], fields[2]);
            Path weight = group.resolveSibling(unified ? "cpu.weight" : "cpu.shares");
            if (fields[2].contains("sternpost-") && Files.exists(weight)) {
                Files.writeString(weight, unified ? "10000" : "102400");
            }
        }
    }

    @Test
    @Timeout(120)
    void two_busy_guests_get_what_they_are_entitled_to_within_five_percent(@TempDir Path one, @TempDir Path two)
            throws IOException {
        Assumptions.assumeTrue(
                QemuHarness.root() && Files.isWritable(Path.of("/sys/fs/cgroup")),
                "control groups cannot be made here");
        try (QemuHarness first = new QemuHarness(one);
                QemuHarness second = new QemuHarness(two)) {
            RunningVm large = startBusy(first);
            RunningVm small = startBusy(second);
            preferToStrangers(large);
            preferToStrangers(small);
            awaitBusy(large);
            awaitBusy(small);

            large.allocate(new VmAllocation(500, 2_000, VmAllocation.NONE));
            small.allocate(new VmAllocation(250, 1_000, VmAllocation.NONE));
            VmMeters largeBefore = read(large);
            VmMeters smallBefore = read(small);
            Await.until(
                    "enough time to measure",
                    BOUND,
                    () -> System.nanoTime() - largeBefore.nanoTime() > MEASURED_SECONDS * 1_000_000_000);
            VmMeters largeAfter = read(large);
            VmMeters smallAfter = read(small);

            double largeGot = permille(largeBefore, largeAfter);
            double smallGot = permille(smallBefore, smallAfter);
            assertThat(largeGot).isCloseTo(500, FIVE);
            assertThat(smallGot).isCloseTo(250, FIVE);
            assertThat(largeGot / smallGot).isCloseTo(2, FIVE);
            assertThat(largeAfter.cpuEntitledPermille()).isEqualTo(500);
            assertThat(smallAfter.cpuLimitedNanos() - smallBefore.cpuLimitedNanos())
                    .as("time the limit held it back")
                    .isGreaterThan(MEASURED_SECONDS * 500_000_000);
            assertThat(smallAfter.cpuReadyNanos() - smallBefore.cpuReadyNanos())
                    .as("time it wanted to run and did not")
                    .isGreaterThan(MEASURED_SECONDS * 500_000_000);

            small.allocate(VmAllocation.UNLIMITED);
            VmMeters freed = read(small);
            assertThat(freed.cpuEntitledPermille()).isEqualTo(VmMeters.UNKNOWN);
            Await.until("more than its limit was", BOUND, () -> permille(freed, read(small)) > 300);
            large.powerOff();
            small.powerOff();
        }
    }
}
