package dev.sternpost.bench;

import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.failover.PlannedRestarts;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.ha.rehearsal.FailoverRehearsal;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.sim.ha.Defect;
import dev.sternpost.sim.ha.HaStory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** B10: the plan of a failover of 96 hosts and 10,000 VMs; and the time from a failure to the last order on a simulated cluster. */
final class FailoverBenchmark {
    private static final int WARM_UP = 40;
    private static final int RUNS = 31;
    private static final int MANY_HOSTS = 32;

    /** In seconds: at least 15 to be sure and 10 until the restarts, as published by the vendor. */
    private static final double PUBLISHED_SECONDS = 25;

    private static final double BAR_SECONDS = 30;
    private static final double GOAL_SECONDS = 15;
    private static final int SIMULATED_HOSTS = 12;
    private static final int SIMULATED_VMS_EACH = 104;
    private static final int FAILURE_SECOND = 70;

    private FailoverBenchmark() {}

    static Report run(long seed) {
        Report report = new Report("B10", "the plan of a failover, and a simulated one", seed);
        DrsSnapshot snapshot = SkewedCluster.make(ClusterShape.LARGE, seed);
        report.condition("hosts", String.valueOf(snapshot.hosts().size()));
        report.condition("vms", String.valueOf(snapshot.vms().size()));
        plan(report, snapshot, Set.of(usualHost(snapshot)), 20);
        plan(report, snapshot, everyThird(snapshot), 500);
        simulated(report, seed, 1);
        simulated(report, seed, SIMULATED_HOSTS / 3);
        return report;
    }

    /** The host that has as many VMs as one has on average. */
    private static HostId usualHost(DrsSnapshot snapshot) {
        Map<HostId, Integer> counts = new HashMap<>();
        snapshot.placement().values().forEach(host -> counts.merge(host, 1, Integer::sum));
        int mean = snapshot.vms().size() / snapshot.hosts().size();
        HostId usual = snapshot.hosts().getFirst().id();
        for (DrsHost host : snapshot.hosts()) {
            int off = Math.abs(counts.getOrDefault(host.id(), 0) - mean);
            if (off < Math.abs(counts.getOrDefault(usual, 0) - mean)) {
                usual = host.id();
            }
        }
        return usual;
    }

    private static Set<HostId> everyThird(DrsSnapshot snapshot) {
        TreeSet<HostId> hosts = new TreeSet<>();
        for (int i = 1; hosts.size() < MANY_HOSTS; i += 3) {
            hosts.add(snapshot.hosts().get(i).id());
        }
        return hosts;
    }

    private static void plan(Report report, DrsSnapshot snapshot, Set<HostId> failed, double goalMillis) {
        Layout layout = layout(snapshot);
        RestartPlacement drs = new PlannedRestarts(snapshot.rules());
        for (int i = 0; i < WARM_UP; i++) {
            FailoverRehearsal.plan(layout, failed, drs);
            FailoverRehearsal.plan(layout, failed, new MostRoom());
        }
        Timings ours = new Timings();
        Timings plain = new Timings();
        for (int i = 0; i < RUNS; i++) {
            ours.time(() -> FailoverRehearsal.plan(layout, failed, drs));
            plain.time(() -> FailoverRehearsal.plan(layout, failed, new MostRoom()));
        }
        FailoverPlan plan = FailoverRehearsal.plan(layout, failed, drs);
        FailoverPlan simple = FailoverRehearsal.plan(layout, failed, new MostRoom());
        int count = plan.starts().size() + plan.stranded().size();
        String what = failed.size() + (failed.size() == 1 ? " host dies, " : " hosts die, ") + count + " VMs: ";
        report.add(Result.lower(
                what + "plan by DRS, beside most-room, median",
                "ms",
                ours.median(),
                plain.median(),
                1_000,
                goalMillis));
        report.add(Result.told(what + "p99", "ms", ours.quantile(0.99), plain.quantile(0.99)));
        report.add(Result.told(what + "CPU time of one plan", "ms", ours.cpuMean(), plain.cpuMean()));
        report.add(
                Result.told(what + "left without a host", "VMs", plan.stranded().size(), (double)
                        simple.stranded().size()));
    }

    private static Layout layout(DrsSnapshot snapshot) {
        List<MemberHost> hosts = new ArrayList<>();
        for (DrsHost host : snapshot.hosts()) {
            hosts.add(new MemberHost(host.id(), host.memoryBytes(), host.cpuMhz(), true));
        }
        List<ProtectedVm> vms = new ArrayList<>();
        for (DrsVm vm : snapshot.vms()) {
            vms.add(ProtectedVm.usual(vm.id(), vm.memoryBytes() + DrsVm.OVERHEAD_BYTES));
        }
        return new Layout(ClusterConfig.of(1, HaTiming.DEFAULT, hosts, vms), new TreeMap<>(snapshot.placement()));
    }

    private static void simulated(Report report, long seed, int failures) {
        List<String> datacenter = new ArrayList<>();
        int vms = 0;
        for (int host = 1; host <= SIMULATED_HOSTS; host++) {
            datacenter.add("host " + host + " 512");
            for (int i = 0; i < SIMULATED_VMS_EACH; i++) {
                datacenter.add("vm " + ++vms + " " + host + " 2 MEDIUM");
            }
        }
        List<String> script = new ArrayList<>();
        for (int host = SIMULATED_HOSTS - failures + 1; host <= SIMULATED_HOSTS; host++) {
            script.add("1:10 crash " + host);
        }
        script.add("2:00 end");
        String told = new HaStory(seed, datacenter, Defect.NONE).play(script);
        int last = told.lines()
                .filter(line -> line.contains(" is to start on "))
                .mapToInt(FailoverBenchmark::secondOf)
                .max()
                .orElse(Integer.MAX_VALUE);
        // A line's second is cut off: what happens within it counts as its end.
        report.add(Result.lower(
                "simulated: %d of %d hosts die, %d VMs: failure to last order"
                        .formatted(failures, SIMULATED_HOSTS, failures * SIMULATED_VMS_EACH),
                "s",
                last + 1 - FAILURE_SECOND,
                PUBLISHED_SECONDS,
                BAR_SECONDS,
                GOAL_SECONDS));
    }

    private static int secondOf(String line) {
        String[] parts = line.split("[: ]", 4);
        return 3_600 * Integer.parseInt(parts[0]) + 60 * Integer.parseInt(parts[1]) + Integer.parseInt(parts[2]);
    }
}
