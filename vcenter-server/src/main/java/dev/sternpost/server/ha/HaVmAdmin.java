package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.ha.HaRecords.By;
import dev.sternpost.server.ha.HaRecords.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How high availability treats single virtual machines. Every method throws {@link FaultException} with the codes of the contract. */
public final class HaVmAdmin {
    private final HaRecords records;

    HaVmAdmin(HaRecords records) {
        this.records = records;
    }

    /**
     * What is wanted of a virtual machine; null leaves it.
     *
     * @param clearIsolation whether it does what its cluster says again
     * @param dependsOn ids, paths or names of virtual machines that must be ready first, in place of those before
     * @param clearMonitoring whether it does what its cluster says again
     */
    public record Wish(
            HaVmSettings.@Nullable Priority priority,
            @Nullable HaIsolationResponse isolation,
            boolean clearIsolation,
            HaVmSettings.@Nullable Readiness readiness,
            @Nullable Long readyAfterMillis,
            @Nullable List<String> dependsOn,
            @Nullable Boolean monitoring,
            boolean clearMonitoring) {}

    /** Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID, RULE_CONFLICT. */
    public HaVmSettings set(String userName, String reference, Wish wish) {
        InventorySnapshot now = records.snapshot();
        VirtualMachine meant = now.resolve(reference, VirtualMachine.class);
        VirtualMachineId id = meant.id();
        Cluster after = records.change(
                new By(userName, ""),
                clusterOf(now, meant).id(),
                (snapshot, cluster) -> {
                    VirtualMachine vm = snapshot.get(id);
                    if (!clusterOf(snapshot, vm).id().equals(cluster.id())) {
                        throw new FaultException(
                                FaultCode.VERSION_CONFLICT,
                                id.value(),
                                "%s has just left %s. Try again.".formatted(vm.name(), cluster.name()));
                    }
                    HaVmSettings own = wished(snapshot, cluster, vm, wish);
                    requireNoCircle(snapshot, cluster.ha(), own);
                    List<HaVmSettings> vms = new ArrayList<>(cluster.ha().vms().stream()
                            .filter(each -> !each.vmId().equals(id)
                                    && snapshot.find(each.vmId()).isPresent())
                            .toList());
                    vms.add(own);
                    return cluster.ha().withVms(vms);
                },
                (cluster, settings) -> new Told(
                        EventType.CLUSTER_HA_RECONFIGURED,
                        "High availability of %s: %s.".formatted(meant.name(), words(now, of(settings, id)))));
        return of(after.ha(), id);
    }

    private static HaVmSettings of(HaSettings settings, VirtualMachineId id) {
        return settings.of(id).orElseGet(() -> HaVmSettings.usual(id));
    }

    private static Cluster clusterOf(InventorySnapshot snapshot, VirtualMachine vm) {
        return snapshot.clusterOf(vm.hostId())
                .orElseThrow(() -> new FaultException(
                        FaultCode.REQUEST_INVALID,
                        vm.id().value(),
                        "%s is in no cluster, so nothing starts it again.".formatted(vm.name())));
    }

    private static HaVmSettings wished(InventorySnapshot snapshot, Cluster cluster, VirtualMachine vm, Wish wish) {
        HaVmSettings before = of(cluster.ha(), vm.id());
        List<String> others = wish.dependsOn();
        Long after = wish.readyAfterMillis();
        if (after != null && (after < 0 || after > HaVmSettings.READY_AFTER_MILLIS_MAX)) {
            throw invalid("A virtual machine is ready at most an hour after it is up, not %d ms.".formatted(after));
        }
        if (others != null && others.size() > HaVmSettings.DEPENDS_ON_MAX) {
            throw invalid("A virtual machine waits for at most %d others.".formatted(HaVmSettings.DEPENDS_ON_MAX));
        }
        return new HaVmSettings(
                vm.id(),
                wish.priority() == null ? before.priority() : wish.priority(),
                wish.clearIsolation() ? null : wish.isolation() == null ? before.isolation() : wish.isolation(),
                wish.readiness() == null ? before.readiness() : wish.readiness(),
                after == null ? before.readyAfterMillis() : after,
                others == null ? before.dependsOn() : others(snapshot, cluster, vm, others),
                wish.clearMonitoring() ? null : wish.monitoring() == null ? before.monitoring() : wish.monitoring());
    }

    private static List<VirtualMachineId> others(
            InventorySnapshot snapshot, Cluster cluster, VirtualMachine vm, List<String> references) {
        List<VirtualMachineId> ids = new ArrayList<>();
        for (String reference : references) {
            VirtualMachine other = snapshot.resolve(reference, VirtualMachine.class);
            boolean here = snapshot.clusterOf(other.hostId())
                    .filter(its -> its.id().equals(cluster.id()))
                    .isPresent();
            if (!here || other.template()) {
                throw invalid("%s is no virtual machine of %s, so %s cannot wait for it."
                        .formatted(other.name(), cluster.name(), vm.name()));
            }
            if (other.id().equals(vm.id())) {
                throw circle(snapshot, List.of(vm.id(), vm.id()));
            }
            ids.add(other.id());
        }
        return ids;
    }

    private static FaultException invalid(String message) {
        return new FaultException(FaultCode.REQUEST_INVALID, message);
    }

    /** A circle would wait for ever; it is found before it is stored, so there is none without the one that is new. */
    private static void requireNoCircle(InventorySnapshot snapshot, HaSettings settings, HaVmSettings own) {
        Map<VirtualMachineId, List<VirtualMachineId>> waits = new HashMap<>();
        settings.vms().forEach(each -> waits.put(each.vmId(), each.dependsOn()));
        waits.put(own.vmId(), own.dependsOn());
        follow(snapshot, waits, new ArrayList<>(List.of(own.vmId())), new HashSet<>());
    }

    private static void follow(
            InventorySnapshot snapshot,
            Map<VirtualMachineId, List<VirtualMachineId>> waits,
            List<VirtualMachineId> path,
            Set<VirtualMachineId> seen) {
        for (VirtualMachineId next : waits.getOrDefault(path.getLast(), List.of())) {
            path.add(next);
            if (next.equals(path.getFirst())) {
                throw circle(snapshot, path);
            }
            if (seen.add(next)) {
                follow(snapshot, waits, path, seen);
            }
            path.removeLast();
        }
    }

    private static FaultException circle(InventorySnapshot snapshot, List<VirtualMachineId> path) {
        return new FaultException(
                FaultCode.RULE_CONFLICT,
                path.getFirst().value(),
                "They would wait for each other: %s. Take one of these away."
                        .formatted(path.stream()
                                .map(id -> name(snapshot, id))
                                .collect(Collectors.joining(" waits for "))));
    }

    private static String name(InventorySnapshot snapshot, VirtualMachineId id) {
        return snapshot.find(id).map(VirtualMachine::name).orElse(id.value());
    }

    private static String words(InventorySnapshot snapshot, HaVmSettings own) {
        if (own.isUsual()) {
            return "as the cluster says";
        }
        HaIsolationResponse isolation = own.isolation();
        Boolean monitoring = own.monitoring();
        return (own.priority() == HaVmSettings.Priority.DISABLED
                        ? "not started again"
                        : "priority " + word(own.priority()))
                + (isolation == null ? "" : ", if isolated " + word(isolation))
                + ", ready when " + word(own.readiness())
                + (own.readyAfterMillis() == 0 ? "" : " for %d s".formatted(own.readyAfterMillis() / 1_000))
                + (own.dependsOn().isEmpty()
                        ? ""
                        : ", waits for "
                                + own.dependsOn().stream()
                                        .map(id -> name(snapshot, id))
                                        .collect(Collectors.joining(", ")))
                + (monitoring == null ? "" : monitoring ? ", reset when it hangs" : ", not reset when it hangs");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
