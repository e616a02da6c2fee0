package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over directories that look like the kernel's; the kernel itself is asked in {@link EntitlementTest}. */
class ControlGroupsTest {

    private static final VmAllocation ALLOCATION = new VmAllocation(1_500, 4_000, 1L << 30);

    @TempDir
    Path root;

    /** Fills a group, named by the file through which processes enter it. */
    private static Path group(List<Path> entrances, int index, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(entrances.get(index).resolveSibling(file.getKey()), file.getValue());
        }
        return entrances.get(index);
    }

    private static String text(Path entrance, String file) throws IOException {
        return Files.readString(entrance.resolveSibling(file));
    }

    @Test
    void with_v1_each_controller_has_a_hierarchy_of_its_own() throws IOException {
        Files.createDirectories(root.resolve("cpu"));
        Files.createDirectories(root.resolve("memory"));
        ControlGroups groups = ControlGroups.find(Path.of("/run/host"), root);
        List<Path> entrances = groups.create("vm-1");
        Path cpu = group(
                entrances,
                0,
                Map.of(
                        "cpu.cfs_quota_us",
                        "-1\n",
                        "cpu.cfs_period_us",
                        "100000\n",
                        "cpu.shares",
                        "1024\n",
                        "cpu.stat",
                        "nr_periods 52\nnr_throttled 48\nthrottled_time 2307869144\n"));
        Path memory = group(entrances, 1, Map.of("memory.soft_limit_in_bytes", "1\n"));
        assertThat(groups.limiting()).isTrue();
        assertThat(groups.read("vm-1"))
                .isEqualTo(new ControlGroups.Reading(2_307_869_144L, VmAllocation.NONE, VmMeters.Pressure.UNTOLD));

        groups.allocate("vm-1", ALLOCATION);

        assertThat(text(cpu, "cpu.cfs_quota_us")).isEqualTo("75000");
        assertThat(text(cpu, "cpu.cfs_period_us")).isEqualTo("50000");
        assertThat(text(cpu, "cpu.shares")).isEqualTo("4096");
        assertThat(text(memory, "memory.soft_limit_in_bytes")).isEqualTo("1073741824");
        assertThat(groups.read("vm-1").cpuLimitPermille()).isEqualTo(1_500);

        groups.allocate("vm-1", VmAllocation.UNLIMITED);

        assertThat(text(cpu, "cpu.cfs_quota_us")).isEqualTo("-1");
        assertThat(text(cpu, "cpu.shares")).isEqualTo("1024");
        assertThat(text(memory, "memory.soft_limit_in_bytes")).isEqualTo("-1");
        assertThat(groups.read("vm-1").cpuLimitPermille()).isEqualTo(VmAllocation.NONE);
    }

    @Test
    void with_v2_there_is_one_hierarchy_and_waiting_is_told() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpu memory io\n");
        ControlGroups groups = ControlGroups.find(Path.of("/run/host"), root);
        List<Path> entrances = groups.create("vm-1");
        Path group = group(
                entrances,
                0,
                Map.of(
                        "cpu.max",
                        "max 100000\n",
                        "cpu.weight",
                        "100\n",
                        "memory.low",
                        "0\n",
                        "cpu.stat",
                        "usage_usec 9\nthrottled_usec 1500\n",
                        "cpu.pressure",
                        "some avg10=0.00 avg60=0.00 avg300=0.00 total=77\n"));
        assertThat(entrances).hasSize(1);

        groups.allocate("vm-1", ALLOCATION);

        assertThat(text(group, "cpu.max")).isEqualTo("75000 50000");
        assertThat(text(group, "cpu.weight")).isEqualTo("400");
        assertThat(text(group, "memory.low")).isEqualTo("1073741824");
        assertThat(groups.read("vm-1"))
                .isEqualTo(new ControlGroups.Reading(
                        1_500_000, 1_500, new VmMeters.Pressure(77, VmMeters.UNKNOWN, VmMeters.UNKNOWN)));

        groups.allocate(
                "vm-1", new VmAllocation(VmAllocation.CPU_LIMIT_PERMILLE_MIN, VmAllocation.NONE, VmAllocation.NONE));

        // The kernel takes no less.
        assertThat(text(group, "cpu.max")).isEqualTo("1000 50000");

        groups.allocate("vm-1", VmAllocation.UNLIMITED);

        assertThat(text(group, "cpu.max")).isEqualTo("max 50000");
        assertThat(text(group, "memory.low")).isEqualTo("max");
        assertThat(groups.read("vm-1").cpuLimitPermille()).isEqualTo(VmAllocation.NONE);
    }

    @Test
    void groups_bear_the_name_of_the_host_and_those_of_machines_that_are_gone_are_swept() throws IOException {
        Files.createDirectories(root.resolve("cpu"));
        ControlGroups groups = ControlGroups.find(Path.of("/run/sternpost/ab12/h1"), root);
        Path kept = groups.create("vm-1").getFirst();
        Path gone = groups.create("vm-2").getFirst();

        groups.sweep(Set.of("vm-1"));

        assertThat(kept.getParent()).isDirectory();
        assertThat(gone.getParent()).doesNotExist();
        assertThat(kept.toString()).contains("/sternpost-ab12-h1-");
        assertThat(ControlGroups.find(Path.of("/other/ab12/h1"), root)
                        .create("vm-1")
                        .getFirst())
                .isNotEqualTo(kept);
    }

    @Test
    void where_no_group_can_be_made_nothing_is_enforced_and_nothing_fails() throws IOException {
        ControlGroups groups = ControlGroups.find(Path.of("/run/host"), root.resolve("nothing"));

        groups.allocate("vm-1", ALLOCATION);

        assertThat(groups.limiting()).isFalse();
        assertThat(groups.create("vm-1")).isEmpty();
        assertThat(groups.read("vm-1"))
                .isEqualTo(new ControlGroups.Reading(0, VmAllocation.NONE, VmMeters.Pressure.UNTOLD));
    }
}
