package dev.sternpost.server.host;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.Observed.Elsewhere;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts start virtual machines of failed ones by themselves, each under a higher generation than the one on record. The host that runs one now
 * is its owner then: taken over in one commit, but never while a task on the virtual machine is under way, which raises generations too;
 * then when that has ended, if the host's word is still true.
 */
final class HaAdoption {
    private static final Logger LOG = LoggerFactory.getLogger(HaAdoption.class);

    private final Inventory inventory;
    private final Observed sightings;

    HaAdoption(Inventory inventory, Observed sightings) {
        this.inventory = inventory;
        this.sightings = sightings;
    }

    /** Whether a report can be that of a restart: running, under a generation the server never gave, where hosts may do that. */
    static boolean isRestart(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        return observation.state() == VmObservation.State.POWERED_ON
                && observation.running()
                && (isLater(vm, hostId, observation.generation()) || isLocked(snapshot, vm, hostId, observation))
                && !vm.template()
                && snapshot.clusterOf(hostId)
                        .filter(cluster -> cluster.ha().isKept())
                        .map(Cluster::id)
                        .equals(snapshot.clusterOf(vm.hostId()).map(Cluster::id));
    }

    /**
     * The hosts count on from the lock, the server from its record, which is one ahead when an order was recorded that its host never got. So
     * another host than the owner may run it under a generation that the server gave too: the lock names one host for each.
     */
    private static boolean isLater(VirtualMachine vm, HostId hostId, long generation) {
        return generation > vm.generation() || (generation == vm.generation() && !hostId.equals(vm.hostId()));
    }

    /**
     * Orders that failed raise the record's generation each time, and the lock's not at all. Where the owner is not heard, the lock that the
     * reporting host has read says who may run it.
     */
    private static boolean isLocked(
            InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        return !hostId.equals(vm.hostId())
                && observation.lockOwner().equals(hostId + "@" + observation.generation())
                && snapshot.find(vm.hostId()).filter(Host::isConnected).isEmpty();
    }

    /** Takes over what a host says, or remembers it until no task is in the way. */
    InventoryWrite take(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        if (sightings.isBusy(vm.id())) {
            sightings.elsewhere().merge(vm.id(), new Elsewhere(hostId, observation), Elsewhere::orLater);
            return InventoryWrite.NOTHING;
        }
        sightings.elsewhere().remove(vm.id());
        VmRuntime runtime = Observed.runtime(observation);
        if (runtime == null) {
            return InventoryWrite.NOTHING;
        }
        LOG.warn(
                "{} runs on {} with generation {}, restarted by the hosts of its cluster; was on {} with {}",
                vm.id(),
                hostId,
                observation.generation(),
                vm.hostId(),
                vm.generation());
        return InventoryWrite.builder()
                .put(vm.withOwner(hostId, Math.max(vm.generation() + 1, observation.generation()))
                        .withRuntime(runtime)
                        .withStatus(OverallStatus.GREEN, ""))
                .event(EventDraft.about(vm, EventType.VM_RESTARTED_BY_HA, words(snapshot, vm, hostId))
                        .onHost(hostId)
                        .occurredAt(observation.bootTime()))
                .build();
    }

    private static String words(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId) {
        String from = name(snapshot, vm.hostId());
        if (vm.hostId().equals(hostId)) {
            return "%s was restarted on %s by high availability.".formatted(vm.name(), from);
        }
        boolean answers = snapshot.find(vm.hostId()).filter(Host::isConnected).isPresent();
        return "%s was restarted on %s by high availability, after %s."
                .formatted(vm.name(), name(snapshot, hostId), answers ? "it ended on " + from : from + " failed");
    }

    private static String name(InventorySnapshot snapshot, HostId id) {
        return snapshot.find(id).map(Host::name).orElse(id.value());
    }

    /** Whether another host runs it under a later generation, which only a task keeps from being taken over. */
    boolean isElsewhere(HostId hostId, VmObservation observation) {
        return sightings
                .elsewhere(observation.vmId())
                .filter(other -> !other.hostId().equals(hostId) && other.vm().generation() > observation.generation())
                .isPresent();
    }

    /** The host says something else of it by now. */
    void overtaken(HostId hostId, VmObservation observation) {
        sightings
                .elsewhere()
                .computeIfPresent(
                        observation.vmId(),
                        (id, before) ->
                                before.hostId().equals(hostId) && observation.state() != VmObservation.State.POWERED_ON
                                        ? null
                                        : before);
    }

    /** A host says all it has; of the rest nothing is true any more. */
    void onlyThese(HostId hostId, Set<VirtualMachineId> there) {
        sightings
                .elsewhere()
                .values()
                .removeIf(each -> each.hostId().equals(hostId)
                        && !there.contains(each.vm().vmId()));
    }

    /** Looks again at what waits for the end of a task, and ends what that task waits for in vain. */
    void tick() {
        for (Elsewhere each : sightings.elsewhere().values()) {
            VirtualMachineId id = each.vm().vmId();
            boolean stillSo = isStillSo(inventory.snapshot(), each);
            if (stillSo && sightings.isBusy(id)) {
                sightings.overtaken(each);
                continue;
            }
            // First, since it is remembered once more when a task comes in between.
            sightings.elsewhere().remove(id, each);
            if (stillSo) {
                inventory.commit((InventorySnapshot snapshot) -> isStillSo(snapshot, each)
                        ? take(snapshot, snapshot.get(id), each.hostId(), each.vm())
                        : InventoryWrite.NOTHING);
            }
        }
    }

    private static boolean isStillSo(InventorySnapshot snapshot, Elsewhere each) {
        return snapshot.find(each.vm().vmId())
                .filter(vm -> isRestart(snapshot, vm, each.hostId(), each.vm()))
                .isPresent();
    }
}
