package dev.sternpost.server.placement;

import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.drs.placement.Arrival;
import dev.sternpost.drs.placement.HostFleet;
import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.drs.placement.PlacementGoal;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostContention;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.resource.Promises;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is on each host of a cluster, or on a standalone host, kept up to date by what is committed and promised: one more VM is placed without
 * looking at all the others again. Who is named in a rule, and who runs, is not placed by this. Not for use by several threads.
 *
 * <p>Room is exact. Load is what VMs were entitled to when this was made, and what they want where they came later.
 */
final class StandingCluster {
    /** Something that lies on a host. */
    private record Load(HostId hostId, Footprint footprint) {}

    private final ClusterInput input;
    private final ManagedObjectId owner;
    private final Map<HostId, DrsHost> hosts;
    private final Set<ResourcePoolId> pools;
    private final Set<VirtualMachineId> ruled;
    private final int cpuMhz;
    private final HostFleet fleet;
    private final Map<VirtualMachineId, List<Load>> loads = new HashMap<>();
    private Map<VirtualMachineId, Promise> promised = Map.of();
    private long revision;

    private StandingCluster(ClusterInput input, InventorySnapshot snapshot, ManagedObjectId owner) {
        this.input = input;
        this.owner = owner;
        this.revision = snapshot.revision();
        this.hosts =
                input.hostsAsTheyAre(snapshot, owner).stream().collect(Collectors.toMap(DrsHost::id, each -> each));
        this.pools =
                Promises.poolsOf(snapshot, owner).stream().map(ResourcePool::id).collect(Collectors.toSet());
        this.ruled = owner instanceof ClusterId cluster ? named(snapshot.get(cluster)) : Set.of();
        this.cpuMhz = (int) hosts.values().stream()
                .mapToLong(host -> host.cpuMhz() / host.cpuCount())
                .average()
                .orElse(1);
        this.fleet = new HostFleet(
                List.copyOf(hosts.values()),
                ClusterInput.policyOf(snapshot, owner).contentionWeight());
    }

    /** @param snapshot the newest */
    static StandingCluster of(ClusterInput input, InventorySnapshot snapshot, ManagedObjectId owner) {
        StandingCluster made = new StandingCluster(input, snapshot, owner);
        // Those that run, where they do; what is promised is noted by whoever makes this up to date.
        input.entitled(
                snapshot,
                owner,
                (planned, footprint) -> snapshot.find(planned.id())
                        .filter(vm -> vm.powerState() == PowerState.POWERED_ON && made.hosts.containsKey(vm.hostId()))
                        .ifPresent(vm -> made.put(vm.id(), List.of(new Load(vm.hostId(), footprint)))));
        return made;
    }

    private static Set<VirtualMachineId> named(Cluster cluster) {
        Set<VirtualMachineId> named = new HashSet<>();
        cluster.rules().vmRules().forEach(rule -> named.addAll(rule.vmIds()));
        cluster.rules().vmGroups().forEach(group -> named.addAll(group.vmIds()));
        return named;
    }

    /** Up to which commit it is up to date. */
    long revision() {
        return revision;
    }

    /**
     * Notes what was committed since, and what is promised now.
     *
     * @param deltas those from {@link #revision} to the snapshot's
     * @return false when so much has changed that it must be made anew
     */
    boolean follow(InventorySnapshot snapshot, List<InventoryDelta> deltas, Collection<Promise> promises) {
        Set<VirtualMachineId> touched = new HashSet<>();
        for (InventoryDelta delta : deltas) {
            for (InventoryDelta.ObjectChange change : delta.changes()) {
                if (change.id() instanceof VirtualMachineId vm) {
                    touched.add(vm);
                } else if (makesAnother(snapshot, change)) {
                    return false;
                }
            }
        }
        Map<VirtualMachineId, Promise> now = new HashMap<>();
        promises.forEach(promise -> now.put(promise.vm().id(), promise));
        promised.forEach((vm, promise) -> {
            if (!promise.equals(now.get(vm))) {
                touched.add(vm);
            }
        });
        now.forEach((vm, promise) -> {
            if (!promise.equals(promised.get(vm))) {
                touched.add(vm);
            }
        });
        promised = now;
        touched.forEach(vm -> put(vm, wanted(snapshot, vm)));
        revision = snapshot.revision();
        return true;
    }

    private boolean makesAnother(InventorySnapshot snapshot, InventoryDelta.ObjectChange change) {
        return switch (change) {
            case InventoryDelta.Put(ManagedObject object) ->
                switch (object) {
                    case Host host ->
                        (host.id().equals(owner) || host.parentId().equals(owner))
                                && !ClusterInput.asItIs(snapshot, host)
                                        .equals(Optional.ofNullable(hosts.get(host.id()))
                                                .map(known -> known.withContention(HostContention.NONE)));
                    case ResourcePool pool -> pool.ownerId().equals(owner);
                    default -> object.id().equals(owner);
                };
            case InventoryDelta.Removed(ManagedObjectId id) ->
                id.equals(owner)
                        || id instanceof HostId host && hosts.containsKey(host)
                        || id instanceof ResourcePoolId pool && pools.contains(pool);
        };
    }

    private void put(VirtualMachineId vm, List<Load> next) {
        List<Load> before = next.isEmpty() ? loads.remove(vm) : loads.put(vm, next);
        if (before != null) {
            before.forEach(load -> fleet.remove(load.hostId(), load.footprint()));
        }
        next.forEach(load -> fleet.add(load.hostId(), load.footprint()));
    }

    /** A VM that comes counts where room is promised to it; the memory of one that leaves counts where it still is, too. */
    private List<Load> wanted(InventorySnapshot snapshot, VirtualMachineId id) {
        VirtualMachine vm = snapshot.find(id).filter(each -> !each.template()).orElse(null);
        HostId runsOn = vm != null && vm.powerState() == PowerState.POWERED_ON ? vm.hostId() : null;
        Promise promise = promised.get(id);
        if (promise != null && !hosts.containsKey(promise.hostId())) {
            promise = null;
        }
        HostId at = promise == null ? runsOn : promise.hostId();
        Newcomer shape = promise == null || vm != null ? shapeOf(vm) : promise.vm();
        if (at == null || shape == null || !hosts.containsKey(at) || !pools.contains(shape.poolId())) {
            return List.of();
        }
        List<Load> wanted = new ArrayList<>();
        Footprint footprint = footprint(shape, mhz(at));
        wanted.add(new Load(at, footprint));
        if (runsOn != null && promise != null && hosts.containsKey(runsOn)) {
            wanted.add(new Load(runsOn, new Footprint(0, 0, footprint.memoryCommittedBytes(), 0)));
        }
        return wanted;
    }

    private static @Nullable Newcomer shapeOf(@Nullable VirtualMachine vm) {
        return vm == null ? null : Newcomer.of(vm);
    }

    private int mhz(HostId id) {
        DrsHost host = hosts.get(id);
        return host == null ? cpuMhz : (int) (host.cpuMhz() / host.cpuCount());
    }

    private Footprint footprint(Newcomer newcomer, int mhz) {
        DrsVm vm = input.newcomer(newcomer, mhz);
        return new Footprint(
                Math.min(vm.demand().cpuMhz(), vm.cpu().limit()),
                Math.min(vm.demand().memoryBytes(), vm.memory().limit()),
                vm.memoryBytes() + DrsVm.OVERHEAD_BYTES,
                vm.cpu().reservation());
    }

    /** Whether a VM that is on no host can be placed by this alone. */
    boolean knowsAllOf(VirtualMachineId vm) {
        return !ruled.contains(vm) && !loads.containsKey(vm);
    }

    /** What is thought of each host for a VM that is on none, best first. */
    List<HostVerdict> verdicts(Newcomer newcomer) {
        DrsVm vm = input.newcomer(newcomer, cpuMhz);
        return fleet.verdicts(new Arrival(
                new HostNeeds(vm.cpuCount(), vm.datastoreIds(), vm.networkIds(), List.of()),
                footprint(newcomer, cpuMhz),
                Map.of(),
                PlacementGoal.BALANCE));
    }
}
