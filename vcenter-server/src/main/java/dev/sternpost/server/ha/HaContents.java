package dev.sternpost.server.ha;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.availability.HaContent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the hosts of a cluster are to be told, from the inventory and nothing else: the same inventory gives the same content. */
final class HaContents {
    /** Taken for the clock of a host that does not tell. */
    private static final int CPU_MHZ_UNKNOWN = 2_000;

    private HaContents() {}

    /** Empty while no heartbeat datastore is chosen, or it is gone. */
    static Optional<HaContent> of(InventorySnapshot snapshot, Cluster cluster) {
        HaSettings settings = cluster.ha();
        DatastoreId heartbeats = settings.heartbeatDatastoreId();
        if (heartbeats == null || snapshot.find(heartbeats).isEmpty()) {
            return Optional.empty();
        }
        List<VirtualMachine> vms = protectedVms(snapshot, cluster);
        Set<VirtualMachineId> ids = new TreeSet<>();
        vms.forEach(vm -> ids.add(vm.id()));
        return Optional.of(new HaContent(
                snapshot.get(heartbeats).uuid(),
                settings.timing(),
                members(snapshot, cluster).stream()
                        .flatMap(host -> member(snapshot, settings, host).stream())
                        .toList(),
                vms.stream().map(vm -> vm(snapshot, settings, vm, ids)).toList(),
                settings.isolationAddresses(),
                HaRules.of(snapshot, cluster).stream().flatMap(HaContents::rule).toList()));
    }

    /** Hosts that take part. Those that sleep do not, and are left out before their power goes off. */
    static List<Host> members(InventorySnapshot snapshot, Cluster cluster) {
        return snapshot.hostsOf(cluster.id()).stream()
                .filter(host -> !host.mode().isAsleep())
                .sorted(Comparator.comparing(Host::id))
                .toList();
    }

    /** Virtual machines that are started again, whether they run now or not. */
    static List<VirtualMachine> protectedVms(InventorySnapshot snapshot, Cluster cluster) {
        return snapshot.hostsOf(cluster.id()).stream()
                .flatMap(host -> snapshot.vmsOn(host.id()).stream())
                .filter(vm -> !vm.template() && isProtected(cluster.ha(), vm.id()))
                .sorted(Comparator.comparing(VirtualMachine::id))
                .toList();
    }

    static boolean isProtected(HaSettings settings, VirtualMachineId id) {
        return settings.of(id)
                .filter(own -> own.priority() == HaVmSettings.Priority.DISABLED)
                .isEmpty();
    }

    /** Empty for a host that never told what it is. */
    static Optional<HaContent.Member> member(InventorySnapshot snapshot, HaSettings settings, Host host) {
        HostFacts facts = host.facts();
        // What is not protected does not give way either.
        long taken = snapshot.vmsOn(host.id()).stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON && !isProtected(settings, vm.id()))
                .mapToLong(vm -> vm.config().memoryBytes() + DrsVm.OVERHEAD_BYTES)
                .sum();
        return facts == null
                ? Optional.empty()
                : Optional.of(new HaContent.Member(
                        host.id(),
                        Math.max(0, facts.memoryBytes() - taken),
                        (long) facts.cpuCount() * (facts.cpuMhz() == 0 ? CPU_MHZ_UNKNOWN : facts.cpuMhz()),
                        host.mode() == HostMode.NORMAL,
                        settings.keepsFree(host.id()),
                        facts.relayAddress()));
    }

    static HaContent.Vm vm(
            InventorySnapshot snapshot, HaSettings settings, VirtualMachine vm, Set<VirtualMachineId> among) {
        HaVmSettings own = settings.of(vm.id()).orElseGet(() -> HaVmSettings.usual(vm.id()));
        HaIsolationResponse isolation = own.isolation();
        Boolean monitored = own.monitoring();
        return new HaContent.Vm(
                vm.id(),
                vm.config().memoryBytes() + DrsVm.OVERHEAD_BYTES,
                vm.config().cpuAllocation().reservation(),
                own.priority(),
                isolation == null ? settings.isolation() : isolation,
                own.readiness(),
                own.readyAfterMillis(),
                own.dependsOn().stream().filter(among::contains).toList(),
                snapshot.get(vm.datastoreId()).uuid(),
                vm.directory(),
                monitored == null ? settings.monitoring() : monitored);
    }

    /** Only rules that must hold bind a failover: what should be can wait for load balancing. */
    private static Stream<HaContent.Rule> rule(Rule rule) {
        if (!rule.enabled()) {
            return Stream.empty();
        }
        return switch (rule) {
            case Rule.KeepTogether together ->
                Stream.of(
                        new HaContent.Rule(together.name(), HaContent.Bond.KEEP_TOGETHER, together.vmIds(), List.of()));
            case Rule.KeepApart apart ->
                Stream.of(new HaContent.Rule(apart.name(), HaContent.Bond.KEEP_APART, apart.vmIds(), List.of()));
            case Rule.VmHost hosts ->
                hosts.strength() == Rule.Strength.MUST
                        ? Stream.of(new HaContent.Rule(
                                hosts.name(), bond(hosts.affinity()), hosts.vmIds(), hosts.hostIds()))
                        : Stream.empty();
        };
    }

    private static HaContent.Bond bond(Rule.Affinity affinity) {
        return switch (affinity) {
            case RUN_ON -> HaContent.Bond.MUST_RUN_ON;
            case NOT_RUN_ON -> HaContent.Bond.MUST_NOT_RUN_ON;
        };
    }
}
