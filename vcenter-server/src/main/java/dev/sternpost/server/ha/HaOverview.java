package dev.sternpost.server.ha;

import dev.sternpost.ha.admission.Admission;
import dev.sternpost.ha.admission.AdmissionVerdict;
import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.ha.rehearsal.FailoverRehearsal;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.cluster.Clusters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Says how high availability of a cluster stands. Nothing is touched. Every method throws {@link FaultException} with the codes of the contract. */
public final class HaOverview {
    private final Inventory inventory;
    private final ConfigPush push;
    private final ToldVersions versions;

    HaOverview(Inventory inventory, ConfigPush push, ToldVersions versions) {
        this.inventory = inventory;
        this.push = push;
        this.versions = versions;
    }

    /**
     * A cluster at this moment.
     *
     * @param version of the newest configuration; 0 when there was none yet
     * @param coordination what the coordinator says; empty when none of the hosts that can be heard is it
     * @param failuresAbsorbed hosts that may fail together, whichever they are, and everything starts elsewhere
     * @param broken why the promise of its admission policy is not kept now, in words; empty when it is
     * @param problem what keeps it from answering a failure now, as a sentence; empty when nothing does, and while it is off
     * @param failover the last one; empty when there was none that is still told of
     */
    public record View(
            Cluster cluster,
            long version,
            Optional<Coordinator> coordination,
            List<HostView> hosts,
            List<VmView> vms,
            int failuresAbsorbed,
            String broken,
            String problem,
            Optional<FailoverTimeline> failover) {}

    /** Who decides. */
    public record Coordinator(HostId hostId, HaReport.Coordination words) {}

    /**
     * A host of the cluster.
     *
     * @param member whether it takes part
     * @param report what it said lately; empty when it is silent
     * @param current whether it goes by the newest configuration
     * @param verdict what the coordinator thinks of it; empty when nobody says
     */
    public record HostView(Host host, boolean member, Optional<HaReport> report, boolean current, String verdict) {}

    /**
     * A virtual machine of the cluster.
     *
     * @param unprotected why it would not be started again; empty when it would, or when it is down
     * @param down why it is down, or may be, although it should run, and nobody starts it yet; empty when it is not
     * @param phase as its host lists it; empty when it does not
     * @param restart when it is being started again
     */
    public record VmView(
            VirtualMachine vm, String unprotected, String down, String phase, Optional<HaReport.Restart> restart) {}

    /** OBJECT_NOT_FOUND, NAME_AMBIGUOUS. */
    public View view(String reference) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = Clusters.meant(snapshot, reference);
        Outlook outlook = push.outlook(snapshot, cluster);
        Layout layout = usable(cluster, HaLayouts.of(snapshot, cluster), outlook);
        Admission admission = new Admission(HaLayouts.placement(snapshot, cluster));
        AdmissionVerdict verdict =
                admission.check(layout, HaLayouts.policy(cluster.ha().admission()));
        return new View(
                cluster,
                versions.newest(cluster.id()).orElse(0),
                outlook.coordinator(),
                snapshot.hostsOf(cluster.id()).stream()
                        .map(host -> host(host, outlook))
                        .toList(),
                vms(outlook),
                admission.failuresAbsorbed(layout),
                switch (verdict) {
                    case AdmissionVerdict.Admitted ignored -> "";
                    case AdmissionVerdict.WouldBreakFailover broken -> broken.reason();
                },
                outlook.problem(),
                lastFailover(snapshot, cluster));
    }

    private static HostView host(Host host, Outlook outlook) {
        Optional<ConfigPush.Standing> standing = outlook.standing(host.id());
        return new HostView(
                host,
                standing.isPresent(),
                standing.flatMap(ConfigPush.Standing::report),
                standing.map(ConfigPush.Standing::current).orElse(false),
                outlook.verdict(host.id()));
    }

    private static List<VmView> vms(Outlook outlook) {
        Map<VirtualMachineId, String> down = outlook.down();
        return outlook.snapshot().hostsOf(outlook.cluster().id()).stream()
                .flatMap(host -> outlook.snapshot().vmsOn(host.id()).stream())
                .filter(vm -> !vm.template())
                .map(vm -> {
                    String downReason = down.getOrDefault(vm.id(), "");
                    Optional<HaReport.Restart> restart = outlook.restart(vm.id());
                    boolean waits = !downReason.isEmpty() || restart.isPresent();
                    return new VmView(
                            vm, waits ? "" : whyUnprotected(outlook, vm), downReason, outlook.phase(vm), restart);
                })
                .toList();
    }

    private static String whyUnprotected(Outlook outlook, VirtualMachine vm) {
        HaSettings settings = outlook.cluster().ha();
        if (!settings.isKept()) {
            return "high availability is off";
        }
        if (!HaContents.isProtected(settings, vm.id())) {
            return "its restart is disabled";
        }
        if (!settings.isArmed()) {
            return "high availability is disarmed";
        }
        if (vm.powerState() != PowerState.POWERED_ON) {
            return "it does not run";
        }
        String reason = outlook.whyNotGuarded(vm.hostId());
        return reason.isEmpty() && !HaRules.isSeenElsewhere(outlook.snapshot(), vm, outlook.reliable())
                ? "no other host that could start it sees its files"
                : reason;
    }

    /** From the newest events of each host. */
    private Optional<FailoverTimeline> lastFailover(InventorySnapshot snapshot, Cluster cluster) {
        Map<Long, Event> events = new HashMap<>();
        for (Host host : snapshot.hostsOf(cluster.id())) {
            inventory
                    .events(EventQuery.newest(EventQuery.LIMIT_MAX).about(host.id()))
                    .forEach(event -> events.put(event.sequence(), event));
        }
        return FailoverTimeline.last(List.copyOf(events.values()));
    }

    /**
     * What would start where, if these hosts failed together now. Nothing is touched.
     *
     * @param hosts ids, paths or names; of one cluster
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID
     */
    public FailoverPlan rehearse(String reference, List<String> hosts) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = Clusters.meant(snapshot, reference);
        if (hosts.isEmpty()) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "Name the hosts that are to fail.");
        }
        Set<HostId> failed = new TreeSet<>();
        for (String each : hosts) {
            Host host = snapshot.resolve(each, Host.class);
            if (!host.parentId().equals(cluster.id())) {
                throw new FaultException(
                        FaultCode.REQUEST_INVALID,
                        host.id().value(),
                        "%s is no host of %s.".formatted(host.name(), cluster.name()));
            }
            failed.add(host.id());
        }
        Outlook outlook = push.outlook(snapshot, cluster);
        Layout layout = usable(cluster, HaLayouts.whole(snapshot, cluster), outlook);
        return FailoverRehearsal.plan(layout, failed, HaLayouts.placement(snapshot, cluster));
    }

    /** What a host cannot start does not count, whatever is free on it. */
    private static Layout usable(Cluster cluster, Layout recorded, Outlook outlook) {
        return cluster.ha().isArmed() ? HaLayouts.closed(recorded, outlook.reliable()::contains) : recorded;
    }
}
