package dev.sternpost.vmotion.compatibility;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Checks one VM against one target host. What only matters to a running VM is not asked of one that is off. */
public final class CompatibilityCheck {
    /** Models that are whatever the host's CPU is. */
    private static final Pattern OWN_CPU = Pattern.compile("(host|max)(,.*)?");

    private CompatibilityCheck() {}

    /**
     * @param source the host the VM is on
     * @param target the host it is to go to
     * @param room what is left on the target
     */
    public static Compatibility check(VirtualMachine vm, Host source, Host target, TargetRoom room) {
        List<Obstacle> obstacles = new ArrayList<>();
        addHostObstacles(vm, source, target, obstacles);
        addReachabilityObstacles(vm, target, obstacles);
        if (vm.powerState() == PowerState.POWERED_ON) {
            addSourceObstacles(vm, source, obstacles);
            addEngineObstacles(source, target, obstacles);
            addHardwareObstacles(vm, target, obstacles);
            addCpuObstacles(vm, source, target, obstacles);
            addCapacityObstacles(vm, target, room, obstacles);
        }
        return obstacles.isEmpty() ? new Compatibility.Compatible() : new Compatibility.Incompatible(obstacles);
    }

    private static void addHostObstacles(VirtualMachine vm, Host source, Host target, List<Obstacle> obstacles) {
        if (source.id().equals(target.id())) {
            obstacles.add(new Obstacle(
                    ObstacleKind.SAME_HOST, vm.name() + " is on " + target.name() + " already", "name another host"));
        }
        if (!source.parentId().equals(target.parentId())) {
            obstacles.add(new Obstacle(
                    ObstacleKind.OTHER_CLUSTER,
                    target.name() + " is not in the cluster of " + source.name(),
                    "choose a host of the same cluster"));
        }
        boolean asleep = target.mode().isAsleep();
        if (!target.isConnected() && !asleep) {
            obstacles.add(new Obstacle(
                    ObstacleKind.HOST_NOT_CONNECTED,
                    target.name() + " is not connected",
                    "start its agent or look at its network"));
        }
        if (target.inMaintenance()) {
            obstacles.add(new Obstacle(
                    ObstacleKind.HOST_IN_MAINTENANCE,
                    target.name() + " is " + target.mode().words(),
                    asleep ? "wake it" : "bring it back into use"));
        }
        if (target.facts() == null) {
            obstacles.add(new Obstacle(
                    ObstacleKind.HOST_UNKNOWN,
                    target.name() + " has not reported what it is yet",
                    "wait until its agent has connected once"));
        }
    }

    private static void addSourceObstacles(VirtualMachine vm, Host source, List<Obstacle> obstacles) {
        if (!source.isConnected()) {
            obstacles.add(new Obstacle(
                    ObstacleKind.SOURCE_NOT_CONNECTED,
                    source.name() + ", where " + vm.name() + " runs, is not connected",
                    "start its agent or look at its network"));
        }
    }

    private static void addReachabilityObstacles(VirtualMachine vm, Host target, List<Obstacle> obstacles) {
        if (!target.datastoreIds().contains(vm.datastoreId())) {
            obstacles.add(new Obstacle(
                    ObstacleKind.DATASTORE_NOT_SHARED,
                    target.name() + " does not see datastore "
                            + vm.datastoreId().value(),
                    "connect the datastore to that host"));
        }
        vm.config().nics().stream()
                .map(VirtualNic::networkId)
                .distinct()
                .filter(network -> !target.networkIds().contains(network))
                .sorted()
                .forEach(network -> obstacles.add(new Obstacle(
                        ObstacleKind.NETWORK_MISSING,
                        target.name() + " does not have network " + network.value(),
                        "add the network to that host")));
    }

    private static void addEngineObstacles(Host source, Host target, List<Obstacle> obstacles) {
        HostFacts from = source.facts();
        HostFacts to = target.facts();
        if (from == null || to == null) {
            return;
        }
        if (from.accelerator() != to.accelerator()) {
            obstacles.add(new Obstacle(
                    ObstacleKind.ACCELERATOR_DIFFERS,
                    "%s runs VMs by %s, %s by %s"
                            .formatted(source.name(), from.accelerator(), target.name(), to.accelerator()),
                    "choose a host with the same accelerator, or power the VM off first"));
        }
        if (EngineVersion.parse(to.qemuVersion()).compareTo(EngineVersion.parse(from.qemuVersion())) < 0) {
            obstacles.add(new Obstacle(
                    ObstacleKind.ENGINE_OLDER,
                    "%s has QEMU %s, %s has the newer %s"
                            .formatted(target.name(), to.qemuVersion(), source.name(), from.qemuVersion()),
                    "update QEMU on " + target.name()));
        }
    }

    /** The guest must find the machine that it booted on; nobody else would notice until the guest does. */
    private static void addHardwareObstacles(VirtualMachine vm, Host target, List<Obstacle> obstacles) {
        HostFacts facts = target.facts();
        GuestHardware hardware = vm.runtime().hardware();
        if (facts == null || hardware.equals(GuestHardware.UNKNOWN)) {
            return;
        }
        if (!facts.guestMachines().hasMachineType(hardware.machineType())) {
            obstacles.add(new Obstacle(
                    ObstacleKind.MACHINE_TYPE_MISSING,
                    "QEMU on %s has no machine %s, which %s was powered on as"
                            .formatted(target.name(), hardware.machineType(), vm.name()),
                    "update QEMU on " + target.name() + ", or power the VM off first"));
        }
    }

    private static void addCpuObstacles(VirtualMachine vm, Host source, Host target, List<Obstacle> obstacles) {
        HostFacts from = source.facts();
        HostFacts to = target.facts();
        String cpu = vm.runtime().hardware().cpuModel();
        if (from == null || to == null || cpu.isEmpty()) {
            return;
        }
        List<String> missing = CpuBaselines.missing(to.guestMachines(), cpu).orElse(List.of());
        if (!missing.isEmpty()) {
            obstacles.add(
                    new Obstacle(
                            ObstacleKind.CPU_FEATURES_MISSING,
                            "%s lacks %s of CPU model %s, which %s was powered on with"
                                    .formatted(target.name(), String.join(", ", missing), cpu, vm.name()),
                            "choose a host that has them; or set a CPU baseline that both can give, and power the VM off and on"));
        }
        // Emulated CPUs have the vendor of their model, whatever the host's is.
        boolean ofTheHost = from.accelerator() == Accelerator.KVM && to.accelerator() == Accelerator.KVM;
        String here = from.guestMachines().cpuVendor();
        String there = to.guestMachines().cpuVendor();
        if (ofTheHost && !here.isEmpty() && !there.isEmpty() && !here.equals(there)) {
            obstacles.add(new Obstacle(
                    ObstacleKind.CPU_VENDOR_DIFFERS,
                    "the CPU of %s is by %s, that of %s by %s".formatted(source.name(), here, target.name(), there),
                    "choose a host with a CPU of the same vendor, or power the VM off first"));
        }
        if (OWN_CPU.matcher(cpu).matches() && !from.cpuModel().equals(to.cpuModel())) {
            obstacles.add(new Obstacle(
                    ObstacleKind.CPU_IS_THE_HOSTS_OWN,
                    "%s was powered on with all that the CPU of %s has (%s), and %s has another (%s)"
                            .formatted(vm.name(), source.name(), from.cpuModel(), target.name(), to.cpuModel()),
                    "set a CPU baseline, and power the VM off and on"));
        }
    }

    private static void addCapacityObstacles(
            VirtualMachine vm, Host target, TargetRoom room, List<Obstacle> obstacles) {
        HostFacts facts = target.facts();
        if (facts == null) {
            return;
        }
        if (facts.cpuCount() < vm.config().cpuCount()) {
            obstacles.add(new Obstacle(
                    ObstacleKind.CPU_COUNT_TOO_SMALL,
                    "%s has %d CPUs, %s has %d"
                            .formatted(
                                    target.name(),
                                    facts.cpuCount(),
                                    vm.name(),
                                    vm.config().cpuCount()),
                    "choose a larger host"));
        }
        long reservedMhz = vm.config().cpuAllocation().reservation();
        if (room.cpuMhz() < reservedMhz) {
            obstacles.add(new Obstacle(
                    ObstacleKind.CPU_RESERVATION_SHORT,
                    "%s has %d MHz that nobody has reserved, %s has reserved %d MHz"
                            .formatted(target.name(), Math.max(0, room.cpuMhz()), vm.name(), reservedMhz),
                    "lower a reservation or choose another host"));
        }
        if (room.memoryBytes() < vm.config().memoryBytes()) {
            obstacles.add(new Obstacle(
                    ObstacleKind.MEMORY_SHORT,
                    "%s has %d MiB of memory left, %s needs %d MiB"
                            .formatted(
                                    target.name(),
                                    Math.max(0, room.memoryBytes()) >> 20,
                                    vm.name(),
                                    vm.config().memoryBytes() >> 20),
                    "move other VMs away first or choose another host"));
        }
    }
}
