package dev.sternpost.server.host;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.availability.HaHappening;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What hosts say about VMs. A report counts when it comes from the VM's owner and is not older than the generation on record:
 * what was seen before the last change of owner or power intent says nothing about now.
 */
final class VmObservations {
    private static final Logger LOG = LoggerFactory.getLogger(VmObservations.class);

    private static final String MISSING = "Its host does not know it.";
    private static final String ELSEWHERE = "It runs on another host than the one on record.";
    private static final String UNHEARD = "Its host does not respond; what is shown is what was last known.";
    private static final String WAITS =
            "Its host does not respond. It waits for restart: if that host has failed, the others start it, and it is shown there then.";

    /** Reasons that the owner's word takes away. */
    private static final Set<String> CLEARED_BY_OWNER = Set.of(MISSING, ELSEWHERE, UNHEARD, WAITS);

    private final Inventory inventory;
    private final Consumer<String> observed;
    private final Observed sightings;
    private final HaAdoption adoption;

    /** Highest happening stored per host; a repetition after a lost acknowledgement is not stored twice. */
    private final Map<HostId, Long> lastHappening = new ConcurrentHashMap<>();

    VmObservations(Inventory inventory, Consumer<String> observed, Observed sightings) {
        this.inventory = inventory;
        this.observed = observed;
        this.sightings = sightings;
        this.adoption = new HaAdoption(inventory, sightings);
    }

    /** Nothing is known of the VMs of a host that fell silent; a worse status stays. */
    static void unheard(InventorySnapshot snapshot, HostId hostId, InventoryWrite.Builder write) {
        snapshot.vmsOn(hostId).stream()
                .filter(vm -> !vm.template() && vm.status() == OverallStatus.GREEN)
                .forEach(vm -> write.put(vm.withStatus(OverallStatus.GRAY, waits(snapshot, vm) ? WAITS : UNHEARD)));
    }

    /** Whether the hosts of its cluster start it again when its own has failed. */
    private static boolean waits(InventorySnapshot snapshot, VirtualMachine vm) {
        return vm.powerState() == PowerState.POWERED_ON
                && snapshot.clusterOf(vm.hostId())
                        .map(Cluster::ha)
                        .filter(ha -> ha.isArmed()
                                && ha.of(vm.id())
                                        .filter(own -> own.priority() == HaVmSettings.Priority.DISABLED)
                                        .isEmpty())
                        .isPresent();
    }

    /** The host is heard again, and was the same all the time. */
    static void heard(InventorySnapshot snapshot, HostId hostId, InventoryWrite.Builder write) {
        snapshot.vmsOn(hostId).stream()
                .filter(vm ->
                        vm.statusReason().equals(UNHEARD) || vm.statusReason().equals(WAITS))
                .forEach(vm -> write.put(vm.withStatus(OverallStatus.GREEN, "")));
    }

    void inventory(HostId hostId, List<VmObservation> observations) {
        observations.forEach(observation -> observed(hostId, observation));
        Set<VirtualMachineId> there =
                observations.stream().map(VmObservation::vmId).collect(Collectors.toSet());
        adoption.onlyThese(hostId, there);
        inventory.commit((InventorySnapshot snapshot) -> {
            InventoryWrite.Builder write = InventoryWrite.builder();
            // A host that lost the lock of a VM does not list it: whoever has it now will.
            snapshot.vmsOn(hostId).stream()
                    .filter(vm -> !there.contains(vm.id()) && waits(snapshot, vm))
                    .filter(vm -> !vm.statusReason().equals(WAITS))
                    .forEach(vm -> write.put(vm.withStatus(OverallStatus.GRAY, WAITS)));
            snapshot.vmsOn(hostId).stream()
                    .filter(vm -> !there.contains(vm.id()) && !waits(snapshot, vm))
                    .filter(vm -> !vm.statusReason().equals(MISSING))
                    .forEach(vm -> write.put(vm.withRuntime(VmRuntime.OFF).withStatus(OverallStatus.RED, MISSING))
                            .event(EventDraft.about(
                                            vm,
                                            EventType.VM_MISSING_ON_HOST,
                                            "%s is not known on %s. Unregister it and register its directory again."
                                                    .formatted(
                                                            vm.name(),
                                                            snapshot.get(hostId).name()))
                                    .onHost(hostId)));
            return write.build();
        });
    }

    void observed(HostId hostId, VmObservation observation) {
        adoption.overtaken(hostId, observation);
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(observation.vmId())
                .map(vm -> {
                    if (HaAdoption.isRestart(snapshot, vm, hostId, observation)) {
                        return adoption.take(snapshot, vm, hostId, observation);
                    }
                    if (adoption.isElsewhere(hostId, observation)) {
                        return InventoryWrite.NOTHING; // A host that was dead, and speaks of what it had.
                    }
                    return vm.hostId().equals(hostId)
                            ? byOwner(vm, observation)
                            : byStranger(snapshot, vm, hostId, observation);
                })
                .orElse(InventoryWrite.NOTHING));
        observed.accept(observation.vmId().value());
        boolean byOwner = inventory
                .snapshot()
                .find(observation.vmId())
                .filter(vm -> vm.hostId().equals(hostId))
                .isPresent();
        if (!byOwner) {
            sightings.stranger(hostId, observation);
        }
    }

    /**
     * A generation below the one on record is news from before a change that is under way. When no task is under way,
     * the change failed before it reached the host, and the host's word is the newest there is.
     */
    private InventoryWrite byOwner(VirtualMachine vm, VmObservation observation) {
        if (observation.generation() < vm.generation() && sightings.isBusy(vm.id())) {
            return InventoryWrite.NOTHING;
        }
        VmRuntime runtime = Observed.runtime(observation);
        if (runtime == null || (vm.template() && runtime.powerState() != PowerState.POWERED_OFF)) {
            return InventoryWrite.NOTHING;
        }
        VirtualMachine now = vm.withRuntime(runtime);
        if (CLEARED_BY_OWNER.contains(vm.statusReason())) {
            now = now.withStatus(OverallStatus.GREEN, "");
        }
        if (now.equals(vm)) {
            return InventoryWrite.NOTHING;
        }
        InventoryWrite.Builder write = InventoryWrite.builder().put(now);
        String address = firstAddress(now);
        if (!address.isEmpty() && !address.equals(firstAddress(vm))) {
            write.event(EventDraft.about(
                            vm,
                            EventType.VM_IP_ADDRESS_CHANGED,
                            "The guest of %s has address %s.".formatted(vm.name(), address))
                    .onHost(vm.hostId()));
        }
        return write.build();
    }

    private static String firstAddress(VirtualMachine vm) {
        List<String> addresses = vm.guest().ipAddresses();
        return addresses.isEmpty() ? "" : addresses.getFirst();
    }

    /**
     * A host that is not the owner speaks of the VM. The two ends of a live migration and a source that has handed over do so
     * rightly; a host that runs the VM under an old generation does not.
     */
    private static InventoryWrite byStranger(
            InventorySnapshot snapshot, VirtualMachine vm, HostId hostId, VmObservation observation) {
        boolean runsWrongly = observation.state() == VmObservation.State.POWERED_ON
                && observation.running()
                && observation.generation() <= vm.generation()
                && vm.powerState() != PowerState.SUSPENDED;
        if (!runsWrongly || vm.statusReason().equals(ELSEWHERE)) {
            return InventoryWrite.NOTHING;
        }
        String there = snapshot.find(hostId).map(host -> host.name()).orElse(hostId.value());
        LOG.error("{} runs on {} with generation {}", vm.id(), hostId, observation.generation());
        return InventoryWrite.builder()
                .put(vm.withStatus(OverallStatus.RED, ELSEWHERE))
                .event(EventDraft.about(
                                vm,
                                EventType.VM_RUNS_ON_WRONG_HOST,
                                "%s runs on %s, which is not its host on record (%s)."
                                        .formatted(
                                                vm.name(),
                                                there,
                                                snapshot.get(vm.hostId()).name()))
                        .onHost(hostId))
                .build();
    }

    void happened(HostId hostId, VmHappening happening) {
        if (isRepeated(hostId, happening.number())) {
            return;
        }
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(happening.vmId())
                .filter(vm -> vm.hostId().equals(hostId)
                        && (happening.generation() >= vm.generation() || !sightings.isBusy(vm.id())))
                .map(vm -> toWrite(vm, hostId, happening))
                .orElse(InventoryWrite.NOTHING));
        lastHappening.put(hostId, happening.number());
        observed.accept(happening.vmId().value());
    }

    private boolean isRepeated(HostId hostId, long number) {
        return number <= lastHappening.getOrDefault(hostId, 0L);
    }

    void happened(HostId hostId, HaHappening happening) {
        if (!isRepeated(hostId, happening.number())) {
            inventory.commit((InventorySnapshot snapshot) -> HaTrail.write(snapshot, hostId, happening));
            lastHappening.put(hostId, happening.number());
        }
    }

    /** Someone calls this about once a second. */
    void tick() {
        adoption.tick();
    }

    private InventoryWrite toWrite(VirtualMachine vm, HostId hostId, VmHappening happening) {
        EventType type = switch (happening.kind()) {
            case GUEST_SHUTDOWN -> EventType.VM_GUEST_SHUTDOWN;
            case GUEST_RESET -> EventType.VM_GUEST_RESET;
            case GUEST_PANICKED -> EventType.VM_GUEST_PANICKED;
            case ENGINE_DIED -> EventType.VM_ENGINE_DIED;
            case IO_ERROR -> EventType.VM_IO_ERROR;
            case RESUMED -> EventType.VM_RESUMED;
        };
        boolean ends = switch (happening.kind()) {
            case GUEST_SHUTDOWN, ENGINE_DIED -> true;
            case GUEST_RESET, GUEST_PANICKED, IO_ERROR, RESUMED -> false;
        };
        String message = happening.detail().isBlank()
                ? vm.name() + ": " + type.eventName()
                : "%s: %s".formatted(vm.name(), happening.detail());
        InventoryWrite.Builder write = InventoryWrite.builder()
                .event(EventDraft.about(vm, type, message).onHost(hostId));
        if (ends) {
            sightings.ended(vm.id(), happening.generation());
        }
        if (ends && vm.powerState() == PowerState.POWERED_ON) {
            write.put(vm.withRuntime(VmRuntime.OFF));
        }
        return write.build();
    }
}
