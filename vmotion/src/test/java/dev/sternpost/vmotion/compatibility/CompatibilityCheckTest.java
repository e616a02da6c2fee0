package dev.sternpost.vmotion.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import dev.sternpost.vmotion.baseline.CpuModelTable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CompatibilityCheckTest {
    private static final long GIB = 1L << 30;
    private static final TargetRoom ROOM = new TargetRoom(GIB, 0);
    private static final DatastoreId DATASTORE = new DatastoreId("datastore-1");
    private static final NetworkId NETWORK = new NetworkId("network-1");
    private static final HostFacts FACTS = facts(Accelerator.TCG, "7.2.22");

    private static HostFacts facts(Accelerator accelerator, String qemuVersion) {
        return new HostFacts("cpu", 4, 2000, 16 * GIB, accelerator, "", qemuVersion, "0.1", "", List.of());
    }

    private static Host host(int number, HostFacts facts) {
        return Host.create(new HostId("host-" + number), "host-" + number, new ClusterId("domain-c1"))
                .withConnection(HostConnectionState.CONNECTED, 1, null)
                .withReport(facts, List.of(DATASTORE), List.of(NETWORK));
    }

    private static VirtualMachine vm(PowerState powerState, int cpuCount) {
        VmConfig config = new VmConfig(
                cpuCount,
                GIB,
                Firmware.BIOS,
                List.of(),
                List.of(new VirtualNic("nic0", NETWORK, "52:54:00:00:00:01")),
                "");
        return new VirtualMachine(
                new VirtualMachineId("vm-1"),
                "web-1",
                new FolderId("group-v1"),
                1,
                new UUID(1, 1),
                config,
                false,
                new HostId("host-1"),
                new ResourcePoolId("resgroup-1"),
                DATASTORE,
                "web-1",
                "web-1",
                1,
                new VmRuntime(powerState, GuestInfo.UNKNOWN, null, ""),
                OverallStatus.GREEN,
                "");
    }

    private static List<ObstacleKind> kinds(Compatibility compatibility) {
        return switch (compatibility) {
            case Compatibility.Compatible ignored -> List.of();
            case Compatibility.Incompatible incompatible ->
                incompatible.obstacles().stream().map(Obstacle::kind).toList();
        };
    }

    @Test
    void a_fitting_host_has_no_obstacle() {
        assertThat(CompatibilityCheck.check(vm(PowerState.POWERED_ON, 1), host(1, FACTS), host(2, FACTS), ROOM))
                .isEqualTo(new Compatibility.Compatible());
    }

    @Test
    void all_obstacles_are_named_at_once() {
        Host target = Host.create(new HostId("host-2"), "host-2", new ClusterId("domain-c2"))
                .withMode(HostMode.MAINTENANCE)
                .withReport(facts(Accelerator.KVM, "7.1.0"), List.of(), List.of());
        assertThat(kinds(CompatibilityCheck.check(
                        vm(PowerState.POWERED_ON, 8), host(1, FACTS), target, new TargetRoom(GIB - 1, 0))))
                .containsExactly(
                        ObstacleKind.OTHER_CLUSTER,
                        ObstacleKind.HOST_NOT_CONNECTED,
                        ObstacleKind.HOST_IN_MAINTENANCE,
                        ObstacleKind.DATASTORE_NOT_SHARED,
                        ObstacleKind.NETWORK_MISSING,
                        ObstacleKind.ACCELERATOR_DIFFERS,
                        ObstacleKind.ENGINE_OLDER,
                        ObstacleKind.CPU_COUNT_TOO_SMALL,
                        ObstacleKind.MEMORY_SHORT);
    }

    @Test
    void a_host_that_sleeps_is_told_as_one_and_not_as_one_that_is_missing() {
        Host asleep =
                host(2, FACTS).withMode(HostMode.STANDBY).withConnection(HostConnectionState.DISCONNECTED, 1, null);
        Compatibility check = CompatibilityCheck.check(vm(PowerState.POWERED_ON, 1), host(1, FACTS), asleep, ROOM);
        assertThat(kinds(check)).containsExactly(ObstacleKind.HOST_IN_MAINTENANCE);
        assertThat(((Compatibility.Incompatible) check).explanation()).isEqualTo("host-2 is in stand-by: wake it");
    }

    @Test
    void a_vm_that_is_off_only_needs_its_files_and_networks() {
        Host target = host(2, facts(Accelerator.KVM, "6.0.0"));
        assertThat(kinds(CompatibilityCheck.check(
                        vm(PowerState.POWERED_OFF, 8), host(1, FACTS), target, new TargetRoom(0, 0))))
                .isEmpty();
    }

    @Test
    void a_newer_engine_is_welcome_and_an_unreadable_version_is_not() {
        VirtualMachine vm = vm(PowerState.POWERED_ON, 1);
        Host newer = host(2, facts(Accelerator.TCG, "10.0.2"));
        Host unreadable = host(2, facts(Accelerator.TCG, "unknown"));
        assertThat(kinds(CompatibilityCheck.check(vm, host(1, FACTS), newer, ROOM)))
                .isEmpty();
        assertThat(kinds(CompatibilityCheck.check(vm, host(1, FACTS), unreadable, ROOM)))
                .containsExactly(ObstacleKind.ENGINE_OLDER);
    }

    @Test
    void a_guest_only_goes_where_it_finds_the_machine_it_booted_on() {
        VirtualMachine vm = vm(PowerState.POWERED_ON, 1);
        VirtualMachine booted = vm.withRuntime(new VmRuntime(
                PowerState.POWERED_ON, GuestInfo.UNKNOWN, null, "", new GuestHardware("pc-q35-8.0", "SandyBridge")));
        Host lesser = host(
                2,
                facts(new GuestMachines(
                        List.of("pc-q35-7.2"), Map.of("SandyBridge", List.of("x2apic", "aes"), "Nehalem", List.of()))));
        Host equal = host(
                2, facts(new GuestMachines(List.of("pc-q35-9.0", "pc-q35-8.0"), Map.of("SandyBridge", List.of()))));
        Compatibility check = CompatibilityCheck.check(booted, host(1, FACTS), lesser, ROOM);
        assertThat(kinds(check)).containsExactly(ObstacleKind.MACHINE_TYPE_MISSING, ObstacleKind.CPU_FEATURES_MISSING);
        assertThat(((Compatibility.Incompatible) check).explanation())
                .contains("no machine pc-q35-8.0", "host-2 lacks x2apic, aes of CPU model SandyBridge");
        assertThat(kinds(CompatibilityCheck.check(booted, host(1, FACTS), equal, ROOM)))
                .isEmpty();
        assertThat(kinds(CompatibilityCheck.check(booted, host(1, FACTS), host(2, FACTS), ROOM)))
                .isEmpty();
        assertThat(kinds(CompatibilityCheck.check(vm, host(1, FACTS), lesser, ROOM)))
                .isEmpty();
        assertThat(kinds(CompatibilityCheck.check(vm.withRuntime(VmRuntime.OFF), host(1, FACTS), lesser, ROOM)))
                .isEmpty();
    }

    private static HostFacts facts(GuestMachines machines) {
        return new HostFacts("cpu", 4, 2000, 16 * GIB, Accelerator.TCG, "", "7.2.22", "0.1", "", List.of(), machines);
    }

    @Test
    void the_host_it_is_on_and_one_that_never_reported_will_not_do() {
        VirtualMachine vm = vm(PowerState.POWERED_ON, 1);
        Host silent = Host.create(new HostId("host-3"), "host-3", new ClusterId("domain-c1"));
        assertThat(kinds(CompatibilityCheck.check(vm, host(1, FACTS), host(1, FACTS), ROOM)))
                .containsExactly(ObstacleKind.SAME_HOST);
        assertThat(kinds(CompatibilityCheck.check(vm, host(1, FACTS), silent, ROOM)))
                .contains(ObstacleKind.HOST_UNKNOWN, ObstacleKind.HOST_NOT_CONNECTED);
    }

    private static VirtualMachine runningWith(String cpuModel) {
        return vm(PowerState.POWERED_ON, 1)
                .withRuntime(new VmRuntime(
                        PowerState.POWERED_ON, GuestInfo.UNKNOWN, null, "", new GuestHardware("pc-q35-7.2", cpuModel)));
    }

    private static Host host(int number, Accelerator accelerator, String cpu, String vendor, String features) {
        GuestMachines machines =
                new GuestMachines(List.of("pc-q35-7.2"), Map.of(), List.of(features.split(" ")), vendor);
        return host(
                number,
                new HostFacts(cpu, 4, 2000, 16 * GIB, accelerator, "", "7.2.22", "0.1", "", List.of(), machines));
    }

    private static Compatibility move(VirtualMachine vm, Host source, Host target) {
        return CompatibilityCheck.check(vm, source, target, ROOM);
    }

    @Test
    void a_cpu_described_by_its_features_is_compared_by_them() {
        String all =
                String.join(" ", CpuBaselines.find("x86-64-v3").orElseThrow().features());
        Host able = host(1, Accelerator.TCG, "cpu", "", all);
        Host poorer = host(2, Accelerator.TCG, "cpu", "", all.replace(" avx2", ""));
        VirtualMachine vm =
                runningWith(CpuBaselines.find("x86-64-v3").orElseThrow().description());
        Compatibility check = move(vm, able, poorer);
        assertThat(kinds(check)).containsExactly(ObstacleKind.CPU_FEATURES_MISSING);
        assertThat(((Compatibility.Incompatible) check).explanation())
                .contains("host-2 lacks avx2 of", "set a CPU baseline");
        assertThat(kinds(move(runningWith("Nehalem"), able, poorer))).isEmpty();
    }

    @Test
    void where_the_hosts_cpu_runs_the_guest_its_vendor_stays() {
        String all = String.join(" ", CpuModelTable.features());
        Host intel = host(1, Accelerator.KVM, "Xeon", "GenuineIntel", all);
        Host amd = host(2, Accelerator.KVM, "EPYC", "AuthenticAMD", all);
        assertThat(kinds(move(runningWith("Nehalem"), intel, amd))).containsExactly(ObstacleKind.CPU_VENDOR_DIFFERS);
        assertThat(kinds(move(
                        runningWith("Nehalem"),
                        host(1, Accelerator.TCG, "Xeon", "GenuineIntel", all),
                        host(2, Accelerator.TCG, "EPYC", "AuthenticAMD", all))))
                .isEmpty();
    }

    @Test
    void a_guest_with_all_that_its_hosts_cpu_has_goes_only_to_the_same_cpu() {
        Host one = host(1, Accelerator.KVM, "Xeon 1", "GenuineIntel", "sse");
        Host same = host(2, Accelerator.KVM, "Xeon 1", "GenuineIntel", "sse");
        Host other = host(3, Accelerator.KVM, "Xeon 2", "GenuineIntel", "sse");
        assertThat(kinds(move(runningWith("host,migratable=on"), one, same))).isEmpty();
        assertThat(kinds(move(runningWith("host,migratable=on"), one, other)))
                .containsExactly(ObstacleKind.CPU_IS_THE_HOSTS_OWN);
    }

    @Test
    void a_source_that_is_away_cannot_send_its_guest() {
        Host away = host(1, FACTS).withConnection(HostConnectionState.NOT_RESPONDING, 1, null);
        assertThat(kinds(move(vm(PowerState.POWERED_ON, 1), away, host(2, FACTS))))
                .containsExactly(ObstacleKind.SOURCE_NOT_CONNECTED);
        assertThat(kinds(move(vm(PowerState.POWERED_OFF, 1), away, host(2, FACTS))))
                .isEmpty();
    }

    @Test
    void what_a_vm_has_reserved_of_cpu_must_be_left() {
        VirtualMachine vm = vm(PowerState.POWERED_ON, 1);
        ResourceAllocation normal = ResourceAllocation.NORMAL;
        ResourceAllocation reserving =
                new ResourceAllocation(700, normal.limit(), normal.sharesLevel(), normal.customShares());
        VirtualMachine reserved = vm.withConfig(vm.config().withAllocations(reserving, normal));
        assertThat(kinds(CompatibilityCheck.check(reserved, host(1, FACTS), host(2, FACTS), new TargetRoom(GIB, 699))))
                .containsExactly(ObstacleKind.CPU_RESERVATION_SHORT);
        assertThat(kinds(CompatibilityCheck.check(reserved, host(1, FACTS), host(2, FACTS), new TargetRoom(GIB, 700))))
                .isEmpty();
    }
}
