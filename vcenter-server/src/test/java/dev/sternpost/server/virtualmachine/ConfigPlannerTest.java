package dev.sternpost.server.virtualmachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.testkit.Property;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigPlannerTest {
    private final MacAddresses macs = new MacAddresses(new SplittableRandom(7));
    private final ConfigPlanner planner = new ConfigPlanner(new SimulatedDatacenter().snapshot(), macs::next);

    private VmConfig plan(ConfigWish wish) {
        return planner.create(null, wish);
    }

    private static ConfigWish sized(int cpuCount, long memoryBytes) {
        return new ConfigWish(cpuCount, memoryBytes, null, List.of(), List.of(), "");
    }

    private static ConfigWish disks(ConfigWish.Disk... disks) {
        return new ConfigWish(0, 0, null, List.of(disks), List.of(), "");
    }

    private static ConfigWish nics(ConfigWish.Nic... nics) {
        return new ConfigWish(0, 0, null, List.of(), List.of(nics), "");
    }

    private void refused(ConfigWish wish, String word) {
        assertThatThrownBy(() -> plan(wish))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.CONFIG_INVALID))
                .hasMessageContaining(word);
    }

    @Test
    void a_wish_for_nothing_is_a_small_vm_without_disks() {
        assertThat(plan(ConfigWish.NOTHING))
                .isEqualTo(new VmConfig(1, 256L << 20, Firmware.BIOS, List.of(), List.of(), ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65, Integer.MAX_VALUE})
    void impossible_cpu_counts_are_refused(int cpuCount) {
        refused(sized(cpuCount, 0), "cpu_count");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, 31L << 20, (256L << 20) + 1, Long.MAX_VALUE})
    void impossible_memory_is_refused(long memoryBytes) {
        refused(sized(0, memoryBytes), "memory_bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {-512, 0, 1, 1 << 20 | 1, Long.MAX_VALUE})
    void impossible_disks_are_refused(long capacityBytes) {
        refused(disks(new ConfigWish.Disk("", capacityBytes, null)), "disk0");
    }

    @Test
    void disks_without_a_label_get_the_next_free_one_and_are_thin() {
        VmConfig config = plan(disks(
                new ConfigWish.Disk("disk1", 1 << 20, DiskProvisioning.THICK_EAGER_ZEROED),
                new ConfigWish.Disk("", 2 << 20, null),
                new ConfigWish.Disk("", 3 << 20, null)));
        assertThat(config.disks()).extracting(VirtualDisk::label).containsExactly("disk1", "disk0", "disk2");
        assertThat(config.disks().getLast().provisioning()).isEqualTo(DiskProvisioning.THIN);
    }

    @Test
    void labels_that_could_be_file_names_of_others_are_refused() {
        refused(disks(new ConfigWish.Disk("../x", 1 << 20, null)), "label");
    }

    @Test
    void network_cards_get_free_addresses_and_keep_wanted_ones() {
        VmConfig config = plan(nics(
                new ConfigWish.Nic("", "VM Network", ""), new ConfigWish.Nic("", "VM Network", "52:54:00:AA:BB:CC")));
        assertThat(config.nics().getFirst().macAddress()).startsWith("52:54:00:");
        assertThat(config.nics().getLast().macAddress()).isEqualTo("52:54:00:aa:bb:cc");
    }

    @Test
    void bad_network_cards_are_refused() {
        refused(nics(new ConfigWish.Nic("", "", "")), "names no network");
        refused(nics(new ConfigWish.Nic("", "VM Network", "52:54:00:12:34")), "no MAC address");
        refused(nics(new ConfigWish.Nic("", "VM Network", "53:54:00:12:34:56")), "multicast");
        ConfigWish.Nic card = new ConfigWish.Nic("", "VM Network", "52:54:00:12:34:56");
        refused(nics(card, card), "in use already");
    }

    @Test
    void there_is_an_end_to_disks_and_cards() {
        ConfigWish.Disk disk = new ConfigWish.Disk("", 1 << 20, null);
        ConfigWish.Nic nic = new ConfigWish.Nic("", "VM Network", "");
        refused(disks(Collections.nCopies(17, disk).toArray(ConfigWish.Disk[]::new)), "at most 16");
        refused(nics(Collections.nCopies(9, nic).toArray(ConfigWish.Nic[]::new)), "at most 8");
    }

    @Test
    void whatever_is_wished_for_is_planned_within_bounds_or_refused_by_a_coded_fault() {
        Property.holds("a plan is within bounds", random -> {
            ConfigWish wish = new ConfigWish(
                    random.between(-2, 70),
                    random.between(-1L, 8L) * (random.chance(0.7) ? 64L << 20 : 12345),
                    random.chance(0.5) ? null : random.pick(Firmware.class),
                    random.listOf(
                            random.sized(0, 4),
                            g -> new ConfigWish.Disk(
                                    g.chance(0.5) ? "" : "disk" + g.between(0, 3), g.between(-1L, 3L) << 20, null)),
                    random.listOf(
                            random.sized(0, 3), g -> new ConfigWish.Nic("", "VM Network", g.chance(0.8) ? "" : "x")),
                    "");
            VmConfig config;
            try {
                config = plan(wish);
            } catch (FaultException e) {
                assertThat(e.code()).isEqualTo(FaultCode.CONFIG_INVALID);
                return;
            }
            assertThat(config.cpuCount()).isBetween(1, ConfigPlanner.CPU_COUNT_MAX);
            assertThat(config.memoryBytes() % (1 << 20)).isZero();
            assertThat(config.disks()).extracting(VirtualDisk::label).doesNotHaveDuplicates();
            assertThat(config.nics()).extracting(nic -> nic.macAddress()).doesNotHaveDuplicates();
        });
    }
}
