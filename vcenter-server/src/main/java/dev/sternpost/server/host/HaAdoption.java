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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Waiting for the end of a task; one for each virtual machine, the highest generation. */
    private final Map<VirtualMachineId, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(HostId hostId, VmObservation observation) {}

    HaAdoption(Inventory inventory, Observed sightings) {
        this.inventory = inventory;
        this.sightings = sightings;
    }

    /** Whether a report can be that of a restart: running, under a generation the server never gave, where hosts may do that. */
    static boolean isRestart(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        return observation.state() == VmObservation.State.POWERED_ON
                && observation.running()
                && observation.generation() > vm.generation()
                && !vm.template()
                && snapshot.clusterOf(hostId)
                        .filter(cluster -> cluster.ha().isKept())
                        .map(Cluster::id)
                        .equals(snapshot.clusterOf(vm.hostId()).map(Cluster::id));
    }

    /** Takes over what a host says, or remembers it until no task is in the way. */
    InventoryWrite take(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        if (sightings.isBusy(vm.id())) {
            waiting.merge(
                    vm.id(),
                    new Waiting(hostId, observation),
                    (one, other) -> other.observation().generation()
                                    >= one.observation().generation()
                            ? other
                            : one);
            return InventoryWrite.NOTHING;
        }
        waiting.remove(vm.id());
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
                .put(vm.withOwner(hostId, observation.generation())
                        .withRuntime(runtime)
                        .withStatus(OverallStatus.GREEN, ""))
                .event(EventDraft.about(vm, EventType.VM_RESTARTED_BY_HA, words(snapshot, vm, hostId))
                        .onHost(hostId)
                        .occurredAt(observation.bootTime()))
                .build();
    }

    private static String words(InventorySnapshot snapshot, VirtualMachine vm, HostId hostId) {
        String from = name(snapshot, vm.hostId());
        return vm.hostId().equals(hostId)
                ? "%s was restarted on %s by high availability.".formatted(vm.name(), from)
                : "%s was restarted on %s by high availability, after %s failed."
                        .formatted(vm.name(), name(snapshot, hostId), from);
    }

    private static String name(InventorySnapshot snapshot, HostId id) {
        return snapshot.find(id).map(Host::name).orElse(id.value());
    }

    /** Whether another host runs it under a later generation, which only a task keeps from being taken over. */
    boolean isElsewhere(HostId hostId, VmObservation observation) {
        Waiting other = waiting.get(observation.vmId());
        return other != null
                && !other.hostId().equals(hostId)
                && other.observation().generation() > observation.generation();
    }

    /** The host says something else of it by now. */
    void overtaken(HostId hostId, VmObservation observation) {
        waiting.computeIfPresent(
                observation.vmId(),
                (id, before) -> before.hostId().equals(hostId) && observation.state() != VmObservation.State.POWERED_ON
                        ? null
                        : before);
    }

    /** A host says all it has; of the rest nothing is true any more. */
    void onlyThese(HostId hostId, Set<VirtualMachineId> there) {
        waiting.values()
                .removeIf(each -> each.hostId().equals(hostId)
                        && !there.contains(each.observation().vmId()));
    }

    /** Looks again at what waits for the end of a task. */
    void tick() {
        for (Waiting each : waiting.values()) {
            VirtualMachineId id = each.observation().vmId();
            if (sightings.isBusy(id)) {
                continue;
            }
            inventory.commit((InventorySnapshot snapshot) -> {
                Optional<VirtualMachine> vm = snapshot.find(id);
                return vm.filter(known -> isRestart(snapshot, known, each.hostId(), each.observation()))
                        .map(known -> take(snapshot, known, each.hostId(), each.observation()))
                        .orElse(InventoryWrite.NOTHING);
            });
            waiting.remove(id, each);
        }
    }
}
