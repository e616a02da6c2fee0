package dev.sternpost.server.placement;

import dev.sternpost.drs.placement.BatchPlacement.VmPlacement;
import dev.sternpost.drs.placement.BatchPlanner;
import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.baseline.CpuNeeds;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.placement.ClusterInput.Mobility;
import dev.sternpost.server.resource.Promises;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Reservations.Promise;
import dev.sternpost.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one place where hosts are chosen for VMs that come, and room on them is promised. One choice after the other: each sees what
 * all before it were promised, and its own promise is made before the next begins. Safe for use from several threads.
 */
public final class Placements {
    /** How much better another host must be, in parts of an average host, for a VM not to start on the one it is registered on. */
    private static final double WORTH_MOVING = 0.01;

    private final Inventory inventory;
    private final ClusterInput input;
    private final Reservations reservations;
    private final StandingClusters standing;
    private volatile SleepingCapacity sleeping = SleepingCapacity.NONE;
    private volatile FailoverGuard failover = FailoverGuard.NONE;

    public Placements(Inventory inventory, ClusterInput input, Reservations reservations) {
        this.inventory = inventory;
        this.input = input;
        this.reservations = reservations;
        this.standing = new StandingClusters(inventory, input, reservations, input.clock());
    }

    /**
     * Hosts to choose from.
     *
     * @param home the host the VM is registered on, which it leaves only for a clearly better one; null when it has none
     * @param stays whether it leaves that only when it will not do
     */
    public record Candidates(
            Collection<HostId> hostIds, @Nullable HostId home, boolean stays) {
        /** For a VM that is nowhere yet. */
        public static Candidates of(Collection<HostId> hostIds) {
            return new Candidates(hostIds, null, false);
        }
    }

    /**
     * Makes a choice and promises the task room on the host that was chosen, in place of what it was promised before.
     *
     * @param choice given the newest inventory; what it throws leaves the task without a promise
     */
    public synchronized Host promised(TaskId task, Newcomer vm, Function<InventorySnapshot, Host> choice) {
        reservations.release(task);
        Host host = choice.apply(inventory.snapshot());
        reservations.hold(task, new Promise(host.id(), vm));
        return host;
    }

    /** Does something while no host is being chosen: what it finds promised is all there is. */
    public synchronized <T> T undisturbed(Supplier<T> work) {
        return work.get();
    }

    /** Whether a task under way has been promised room on a host, for a VM that does not run there yet. */
    public boolean isPromised(HostId host) {
        return reservations.open(inventory.snapshot()).stream()
                .anyMatch(promise -> promise.hostId().equals(host));
    }

    /**
     * The host for a VM that is to run, promised to the task. What the VM has reserved must fit into its pool and on the host.
     *
     * @throws FaultException INSUFFICIENT_RESOURCES, with the pool that stands in the way; NO_SUITABLE_HOST, with every reason
     *     of every host; WOULD_BREAK_FAILOVER, with the numbers; HOST_WAKING when a host that sleeps is woken for it, and the task is to ask again
     */
    public Host toRun(TaskId task, Newcomer vm, Candidates candidates) {
        return promised(task, vm, snapshot -> {
            try {
                requireRoom(snapshot, vm);
                Host host = chooseNow(snapshot, vm, candidates);
                failover.requireWith(snapshot, vm, host.id());
                return host;
            } catch (FaultException e) {
                throw sleeping.wakeFor(snapshot, vm, candidates)
                        .map(words -> new FaultException(
                                FaultCode.HOST_WAKING,
                                vm.id().value(),
                                "No host that is on can take %s; %s Wait for it, then try again."
                                        .formatted(vm.name(), words)))
                        .orElse(e);
            }
        });
    }

    /** Who knows what a cluster promises for the failure of hosts. Told once, while the server is put together. */
    public void guardBy(FailoverGuard guard) {
        failover = guard;
    }

    /** Who knows it. */
    public FailoverGuard failover() {
        return failover;
    }

    /** @throws FaultException INSUFFICIENT_RESOURCES when what the VM has reserved does not fit into its pool */
    public void requireRoom(InventorySnapshot snapshot, Newcomer vm) {
        if (Promises.needsNone(vm.config())) {
            return;
        }
        Promises.around(
                        snapshot,
                        vm.poolId(),
                        reservations.open(snapshot).stream().map(Promise::vm).toList())
                .require(
                        vm.poolId(),
                        vm.config().cpuAllocation().reservation(),
                        vm.config().memoryAllocation().reservation());
    }

    /** Who is asked when no host that is on can take a VM. Told once, while the server is put together. */
    public void wakeBy(SleepingCapacity capacity) {
        sleeping = capacity;
    }

    /**
     * The host for a VM; nothing is promised.
     *
     * @throws FaultException NO_SUITABLE_HOST, with every reason of every host
     */
    public Host choose(InventorySnapshot snapshot, Newcomer vm, Candidates candidates) {
        return choose(snapshot, vm, candidates, verdicts(snapshot, vm, candidates.hostIds()));
    }

    /**
     * The same in the inventory as it is now.
     *
     * @throws FaultException as {@link #choose(InventorySnapshot, Newcomer, Candidates)}
     */
    public Host chooseNow(Newcomer vm, Candidates candidates) {
        return chooseNow(inventory.snapshot(), vm, candidates);
    }

    private Host chooseNow(InventorySnapshot snapshot, Newcomer vm, Candidates candidates) {
        Set<HostId> among = Set.copyOf(candidates.hostIds());
        return choose(
                snapshot, vm, candidates, standing(snapshot, vm, among).orElseGet(() -> verdicts(snapshot, vm, among)));
    }

    /** As {@link #verdicts}, of what is kept up to date for it; empty when that does not suffice. */
    Optional<List<HostVerdict>> standing(InventorySnapshot snapshot, Newcomer vm, Collection<HostId> among) {
        ManagedObjectId owner = snapshot.get(vm.poolId()).ownerId();
        return standing.verdicts(snapshot, owner, vm).map(verdicts -> complete(snapshot, vm, owner, among, verdicts));
    }

    private static Host choose(
            InventorySnapshot snapshot, Newcomer vm, Candidates candidates, List<HostVerdict> verdicts) {
        List<HostVerdict> feasible =
                verdicts.stream().filter(HostVerdict::feasible).toList();
        if (feasible.isEmpty()) {
            throw new FaultException(
                    FaultCode.NO_SUITABLE_HOST,
                    vm.id().value(),
                    "No host can take %s: %s. Free capacity or change the VM.".formatted(vm.name(), reasons(verdicts)));
        }
        HostVerdict best = feasible.getFirst();
        boolean balanced = !candidates.stays() && places(snapshot, vm);
        return snapshot.get(feasible.stream()
                .filter(verdict -> verdict.hostId().equals(candidates.home()))
                .filter(verdict -> !balanced
                        || verdict.disliked() == best.disliked() && verdict.score() - best.score() < WORTH_MOVING)
                .findFirst()
                .orElse(best)
                .hostId());
    }

    /** Whether load balancing chooses hosts in the cluster of a VM without asking. */
    private static boolean places(InventorySnapshot snapshot, Newcomer vm) {
        if (!(snapshot.get(vm.poolId()).ownerId() instanceof ClusterId cluster)) {
            return false;
        }
        DrsSettings settings = snapshot.get(cluster).drs();
        return switch (settings.automationOf(vm.id())) {
            case DISABLED, MANUAL -> false;
            case PARTIALLY_AUTOMATED, FULLY_AUTOMATED -> settings.enabled();
        };
    }

    private static String reasons(List<HostVerdict> verdicts) {
        return verdicts.isEmpty()
                ? "there is no host to choose from"
                : verdicts.stream()
                        .map(verdict -> verdict.hostName() + ": " + String.join(", ", verdict.obstacles()))
                        .collect(Collectors.joining("; "));
    }

    /** What is thought of each of these hosts for a VM that does not run, or is taken for one that does not; best first. */
    public List<HostVerdict> verdicts(InventorySnapshot snapshot, Newcomer vm, Collection<HostId> among) {
        ManagedObjectId owner = snapshot.get(vm.poolId()).ownerId();
        DrsSnapshot now = input.snapshot(snapshot, owner, Mobility.NOT_ASKED);
        if (now.hosts().isEmpty()) {
            return complete(snapshot, vm, owner, among, List.of());
        }
        List<Promise> promises = reservations.open(snapshot);
        int cpuMhz = (int) now.hosts().stream()
                .mapToLong(host -> host.cpuMhz() / host.cpuCount())
                .average()
                .orElseThrow();
        List<DrsVm> vms = new ArrayList<>(
                now.vms().stream().filter(each -> !each.id().equals(vm.id())).toList());
        vms.add(input.newcomer(vm, cpuMhz));
        DrsPolicy policy = ClusterInput.policyOf(snapshot, owner);
        List<HostVerdict> planned =
                BatchPlanner.place(now.withVms(vms), policy, List.of(List.of(vm.id()))).placements().stream()
                        .map(VmPlacement::placement)
                        .flatMap(placement -> placement.verdicts().stream())
                        .map(verdict -> asItIs(snapshot, promises, vm, verdict))
                        .toList();
        return complete(snapshot, vm, owner, among, planned);
    }

    /** What the planner thinks of hosts, in words for people, with what it knows nothing of. */
    private static List<HostVerdict> complete(
            InventorySnapshot snapshot,
            Newcomer vm,
            ManagedObjectId owner,
            Collection<HostId> among,
            List<HostVerdict> planned) {
        List<HostVerdict> verdicts = new ArrayList<>();
        Set<HostId> known = new HashSet<>();
        for (HostVerdict verdict : planned) {
            known.add(verdict.hostId());
            if (among.contains(verdict.hostId())) {
                verdicts.add(worded(snapshot, verdict));
            }
        }
        ClusterInput.hostsOf(snapshot, owner).stream()
                .filter(host -> among.contains(host.id()) && !known.contains(host.id()))
                .map(host -> new HostVerdict(
                        host.id(),
                        host.name(),
                        List.of("has not reported its capacity yet"),
                        false,
                        Double.POSITIVE_INFINITY))
                .forEach(verdicts::add);
        return verdicts.stream().map(verdict -> withCpu(snapshot, vm, verdict)).toList();
    }

    /** The planner knows nothing of CPU features. */
    private static HostVerdict withCpu(InventorySnapshot snapshot, Newcomer vm, HostVerdict verdict) {
        GuestHardware running =
                snapshot.find(vm.id()).map(known -> known.runtime().hardware()).orElse(GuestHardware.UNKNOWN);
        return CpuNeeds.obstacle(snapshot, vm.config(), vm.poolId(), running, snapshot.get(verdict.hostId()))
                .map(reason -> verdict.withObstacles(Stream.concat(verdict.obstacles().stream(), Stream.of(reason))
                        .toList()))
                .orElse(verdict);
    }

    /** The planner has VMs that are on their way where they are expected; until they arrive they are still where they were. */
    private static HostVerdict asItIs(
            InventorySnapshot snapshot, List<Promise> promises, Newcomer vm, HostVerdict verdict) {
        return verdict.feasible()
                ? KeptApart.inTheWay(snapshot, promises, vm.id(), verdict.hostId())
                        .map(reason -> verdict.withObstacles(List.of(reason)))
                        .orElse(verdict)
                : verdict;
    }

    /** People know names. */
    private static HostVerdict worded(InventorySnapshot snapshot, HostVerdict verdict) {
        if (verdict.feasible()) {
            return verdict;
        }
        return verdict.withObstacles(verdict.obstacles().stream()
                .map(reason -> PlannedRules.named(snapshot, reason))
                .toList());
    }
}
