package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.VmMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMeterTest {

    @TempDir
    Path proc;

    private ProcessMeter meter;

    @BeforeEach
    void oneProcess() throws IOException {
        meter = new ProcessMeter(new ProcessIdentity(7, 1, "boot"), proc);
        Files.writeString(proc.resolve("statm"), "300000 2500 900 1 0 2000 0\n");
    }

    private void task(int id, String name, long usedNanos, long waitedNanos) throws IOException {
        Path directory = Files.createDirectories(proc.resolve("task/" + id));
        Files.writeString(directory.resolve("comm"), name + "\n");
        Files.writeString(directory.resolve("schedstat"), usedNanos + " " + waitedNanos + " 55\n");
    }

    private void end(int id) throws IOException {
        for (String file : new String[] {"comm", "schedstat", ""}) {
            Files.delete(proc.resolve("task/" + id).resolve(file));
        }
    }

    @Test
    void all_threads_use_and_only_virtual_cpus_are_ready() throws IOException {
        task(7, "qemu-system-x86", 1_000, 50);
        task(8, "CPU 0/TCG", 20_000, 300);
        task(9, "CPU 1/KVM", 30_000, 400);

        assertThat(meter.read()).contains(new ProcessMeter.Reading(51_000, 700, 2500 * 4096L));
    }

    @Test
    void what_a_thread_used_before_it_ended_stays_counted_also_when_its_number_is_used_again() throws IOException {
        task(7, "qemu-system-x86", 1_000, 0);
        task(8, "worker", 5_000, 0);
        meter.read();
        end(8);
        assertThat(meter.read().orElseThrow().usedNanos()).isEqualTo(6_000);

        task(8, "worker", 300, 0);

        assertThat(meter.read().orElseThrow().usedNanos()).isEqualTo(6_300);
    }

    @Test
    void a_process_that_is_gone_has_no_figures() {
        assertThat(meter.read()).isEmpty();
    }

    @Test
    void interfaces_are_seen_from_the_guest() throws IOException {
        Path file = Files.writeString(proc.resolve("dev"), """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                t17n0: 1000       10    0    0    0     0          0         0     2500      20    0    0    0     0       0          0
                    lo:       5       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0
                """);

        assertThat(InterfaceCounters.parse(file)).containsEntry("t17n0", new VmMeters.Network(2500, 1000, 20, 10));
        assertThat(InterfaceCounters.parse(proc.resolve("nothing"))).isEmpty();
    }
}
