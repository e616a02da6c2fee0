package dev.sternpost.server.ha;

import dev.sternpost.ha.admission.Admission;
import dev.sternpost.ha.admission.AdmissionVerdict;
import dev.sternpost.ha.admission.AdmissionVerdict.WouldBreakFailover;
import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.ha.rehearsal.FailoverRehearsal;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.placement.FailoverGuard;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Reservations.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds a cluster to its admission policy while it is armed: by making its hosts fail on paper as they would be after a change. */
final class FailoverPromise implements FailoverGuard {
    private final Reservations reservations;
    private final ConfigPush push;

    FailoverPromise(Reservations reservations, ConfigPush push) {
        this.reservations = reservations;
        this.push = push;
    }

    /** The cluster of a host, if it promises anything. */
    private static Optional<Cluster> promising(InventorySnapshot snapshot, HostId host) {
        return snapshot.clusterOf(host).filter(FailoverPromise::promises);
    }

    private static boolean promises(Cluster cluster) {
        return cluster.ha().isArmed() && cluster.ha().admission().kind() != HaAdmission.Kind.OFF;
    }

    private static Optional<String> broken(InventorySnapshot snapshot, Cluster cluster, Layout layout) {
        AdmissionVerdict verdict = new Admission(HaLayouts.placement(snapshot, cluster))
                .check(layout, HaLayouts.policy(cluster.ha().admission()));
        return switch (verdict) {
            case AdmissionVerdict.Admitted ignored -> Optional.empty();
            case WouldBreakFailover(String reason) -> Optional.of(reason);
        };
    }

    @Override
    public void requireWith(InventorySnapshot snapshot, Newcomer vm, HostId host) {
        promising(snapshot, host).ifPresent(cluster -> {
            List<Promise> coming = new ArrayList<>(reservations.open(snapshot).stream()
                    .filter(promise -> !promise.vm().id().equals(vm.id()))
                    .toList());
            coming.add(new Promise(host, vm));
            broken(snapshot, cluster, HaLayouts.with(snapshot, cluster, coming)).ifPresent(reason -> {
                throw fault(
                        snapshot,
                        vm.id().value(),
                        "With %s on %s the failover that %s promises would not be possible: %s"
                                .formatted(vm.name(), name(snapshot, host), cluster.name(), reason));
            });
        });
    }

    @Override
    public void requireWithout(InventorySnapshot snapshot, HostId host) {
        promising(snapshot, host).ifPresent(cluster -> {
            Layout now = HaLayouts.with(snapshot, cluster, reservations.open(snapshot));
            broken(snapshot, cluster, without(snapshot, cluster, now, host))
                    .filter(reason -> broken(snapshot, cluster, now).isEmpty())
                    .ifPresent(reason -> {
                        throw fault(
                                snapshot,
                                host.value(),
                                "Without %s the failover that %s promises would not be possible: %s"
                                        .formatted(name(snapshot, host), cluster.name(), reason));
                    });
        });
    }

    /** The lease of one that lives would go on with nobody to tell it to end, and it could still decide for the others. */
    @Override
    public void requireLeft(InventorySnapshot snapshot, HostId id) {
        Host host = snapshot.get(id);
        Cluster cluster = snapshot.clusterOf(id).orElse(null);
        if (cluster == null || !cluster.ha().isKept() || host.mode().isAsleep() || host.facts() == null) {
            return;
        }
        if (host.isConnected()) {
            throw new FaultException(
                    FaultCode.HOST_WRONG_MODE,
                    id.value(),
                    "%s takes part in the high availability of %s. Put it into stand-by, or disable high availability, then remove it."
                            .formatted(host.name(), cluster.name()));
        }
        if (!push.outlook(snapshot, cluster).isDead(id)) {
            throw new FaultException(
                    FaultCode.HOST_WRONG_MODE,
                    id.value(),
                    "%s does not answer, but nobody has found it dead: it may still decide for the other hosts of %s. Wait until sternpost ha status says that it is, switch the machine off, or disable high availability, then remove it."
                            .formatted(host.name(), cluster.name()));
        }
    }

    /** What runs there goes elsewhere as far as it can. */
    private static Layout without(InventorySnapshot snapshot, Cluster cluster, Layout layout, HostId host) {
        FailoverPlan plan = FailoverRehearsal.plan(layout, Set.of(host), HaLayouts.placement(snapshot, cluster));
        Layout emptied = layout;
        for (FailoverPlan.Start start : plan.starts()) {
            emptied = emptied.with(start.vmId(), start.to());
        }
        return HaLayouts.closed(emptied, id -> !id.equals(host));
    }

    @Override
    public boolean isKeptBy(
            InventorySnapshot snapshot, ClusterId id, Set<HostId> hosts, Map<VirtualMachineId, HostId> running) {
        Cluster cluster = snapshot.get(id);
        if (!promises(cluster)) {
            return true;
        }
        Layout layout = HaLayouts.closed(HaLayouts.of(snapshot, cluster), hosts::contains);
        for (Map.Entry<VirtualMachineId, HostId> each : running.entrySet()) {
            if (layout.config().vms().containsKey(each.getKey())) {
                layout = layout.with(each.getKey(), each.getValue());
            }
        }
        return broken(snapshot, cluster, layout).isEmpty();
    }

    private static FaultException fault(InventorySnapshot snapshot, String subjectId, String message) {
        return new FaultException(
                FaultCode.WOULD_BREAK_FAILOVER,
                subjectId,
                "%s Free capacity, add a host, promise less with: sternpost ha set, or disarm it for planned work."
                        .formatted(PlannedRules.named(snapshot, message)));
    }

    private static String name(InventorySnapshot snapshot, HostId host) {
        return snapshot.get(host).name();
    }
}
