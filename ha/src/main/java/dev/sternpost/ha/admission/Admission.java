package dev.sternpost.ha.admission;

import dev.sternpost.ha.admission.AdmissionVerdict.Admitted;
import dev.sternpost.ha.admission.AdmissionVerdict.WouldBreakFailover;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.ha.rehearsal.FailoverRehearsal;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Asks of a cluster, as it would be after a change, whether the promised failover would still be possible: by simulating it. */
public final class Admission {
    /** Sets of hosts that are made to fail; of a larger cluster, those of the hosts that carry most. */
    static final int SETS_MAX = 1_000;

    /** Virtual machines that are planned for all the sets of a number of failures together, so that a large cluster is answered for in seconds. */
    static final int PLANNED_MAX = 200_000;

    private static final int SETS_MIN = 16;

    /** Failures beyond which nobody counts. */
    static final int FAILURES_MAX = 8;

    private static final long MIB = 1L << 20;

    private final RestartPlacement placement;

    public Admission(RestartPlacement placement) {
        this.placement = Objects.requireNonNull(placement, "placement");
    }

    /** Whether the cluster as it would be keeps what its policy promises. */
    public AdmissionVerdict check(Layout after, AdmissionPolicy policy) {
        return switch (policy) {
            case AdmissionPolicy.Off ignored -> new Admitted();
            case AdmissionPolicy.HostFailures failures -> hostFailures(after, failures.tolerated());
            case AdmissionPolicy.Percentage percentage -> percentage(after, percentage);
            case AdmissionPolicy.DedicatedHosts dedicated -> dedicated(after, dedicated.hosts());
        };
    }

    /** How many hosts may fail together, whichever they are, and everything starts elsewhere; 0 when not even one. */
    public int failuresAbsorbed(Layout layout) {
        int absorbed = 0;
        int most = Math.min(FAILURES_MAX, open(layout).size() - 1);
        while (absorbed < most && broken(layout, absorbed + 1).isEmpty()) {
            absorbed++;
        }
        return absorbed;
    }

    private AdmissionVerdict hostFailures(Layout after, int tolerated) {
        if (open(after).size() <= tolerated) {
            return new WouldBreakFailover("%d host failures are to be tolerated, and only %d hosts are in use."
                    .formatted(tolerated, open(after).size()));
        }
        return broken(after, tolerated)
                .<AdmissionVerdict>map(WouldBreakFailover::new)
                .orElseGet(Admitted::new);
    }

    /** The first set of hosts whose failure leaves something stranded, in words. */
    private Optional<String> broken(Layout layout, int failures) {
        for (Set<HostId> failed : sets(layout, failures)) {
            FailoverPlan plan = FailoverRehearsal.plan(layout, failed, placement);
            if (!plan.stranded().isEmpty()) {
                FailoverPlan.Stranded first = plan.stranded().getFirst();
                ProtectedVm vm = Objects.requireNonNull(layout.config().vms().get(first.vmId()));
                return Optional.of(
                        "If %s failed, %d of %d virtual machines would not start elsewhere: %s of %d MiB, since %s."
                                .formatted(
                                        words(failed),
                                        plan.stranded().size(),
                                        plan.stranded().size() + plan.starts().size(),
                                        first.vmId(),
                                        vm.memoryBytes() / MIB,
                                        first.reason()));
            }
        }
        return Optional.empty();
    }

    private static String words(Set<HostId> hosts) {
        return String.join(" and ", hosts.stream().map(HostId::toString).toList());
    }

    private static List<HostId> open(Layout layout) {
        return layout.config().hosts().values().stream()
                .filter(MemberHost::open)
                .map(MemberHost::hostId)
                .toList();
    }

    /** Those that carry most first, so that what breaks is found early. */
    private static List<Set<HostId>> sets(Layout layout, int size) {
        List<HostId> hosts = new ArrayList<>(open(layout));
        hosts.sort(Comparator.comparingLong((HostId host) -> -memoryOn(layout, host))
                .thenComparing(Comparator.naturalOrder()));
        int count = hosts.size();
        int most = Math.clamp(PLANNED_MAX / Math.max(1, layout.running().size()), SETS_MIN, SETS_MAX);
        // Each host alone is tried whatever that takes.
        while (size > 1 && count > size && choose(count, size) > most) {
            count--;
        }
        List<Set<HostId>> sets = new ArrayList<>();
        collect(hosts.subList(0, count), 0, size, new TreeSet<>(), sets);
        return sets;
    }

    private static long choose(int from, int size) {
        double sets = 1;
        for (int i = 1; i <= size; i++) {
            sets = sets * (from - size + i) / i;
        }
        return Math.round(sets);
    }

    private static void collect(
            List<HostId> hosts, int from, int left, SortedSet<HostId> chosen, List<Set<HostId>> into) {
        if (left == 0) {
            into.add(new TreeSet<>(chosen));
            return;
        }
        for (int i = from; i <= hosts.size() - left; i++) {
            chosen.add(hosts.get(i));
            collect(hosts, i + 1, left - 1, chosen, into);
            chosen.remove(hosts.get(i));
        }
    }

    private static long memoryOn(Layout layout, HostId host) {
        long sum = 0;
        for (var each : layout.running().entrySet()) {
            ProtectedVm vm = layout.config().vms().get(each.getKey());
            sum += vm != null && each.getValue().equals(host) ? vm.memoryBytes() : 0;
        }
        return sum;
    }

    private static AdmissionVerdict percentage(Layout after, AdmissionPolicy.Percentage policy) {
        long memory = 0;
        long cpu = 0;
        for (MemberHost host : after.config().hosts().values()) {
            memory += host.open() ? host.memoryBytes() : 0;
            cpu += host.open() ? host.cpuMhz() : 0;
        }
        long memoryUsed = 0;
        long cpuUsed = 0;
        for (var id : after.running().keySet()) {
            ProtectedVm vm = Objects.requireNonNull(after.config().vms().get(id));
            memoryUsed += vm.memoryBytes();
            cpuUsed += vm.cpuMhz();
        }
        long memoryMax = memory * (100 - policy.memoryPercent()) / 100;
        long cpuMax = cpu * (100 - policy.cpuPercent()) / 100;
        if (memoryUsed > memoryMax) {
            return new WouldBreakFailover(
                    "%d of %d MiB would be given away; %d %% are kept free, so that at most %d MiB may be."
                            .formatted(memoryUsed / MIB, memory / MIB, policy.memoryPercent(), memoryMax / MIB));
        }
        if (cpuUsed > cpuMax) {
            return new WouldBreakFailover(
                    "%d of %d MHz would be reserved; %d %% are kept free, so that at most %d MHz may be."
                            .formatted(cpuUsed, cpu, policy.cpuPercent(), cpuMax));
        }
        return new Admitted();
    }

    private AdmissionVerdict dedicated(Layout after, Set<HostId> dedicated) {
        for (var each : after.running().entrySet()) {
            if (dedicated.contains(each.getValue())) {
                return new WouldBreakFailover("%s is to be kept free for a failover; %s does not belong there."
                        .formatted(each.getValue(), each.getKey()));
            }
        }
        for (HostId host : open(after)) {
            if (!dedicated.contains(host)) {
                FailoverPlan plan = FailoverRehearsal.plan(after, Set.of(host), dedicated, placement);
                if (!plan.stranded().isEmpty()) {
                    return new WouldBreakFailover("If %s failed, %d of its %d virtual machines would not fit on %s."
                            .formatted(
                                    host,
                                    plan.stranded().size(),
                                    plan.stranded().size() + plan.starts().size(),
                                    dedicated.isEmpty() ? "any host, since none is kept free" : words(dedicated)));
                }
            }
        }
        return new Admitted();
    }
}
