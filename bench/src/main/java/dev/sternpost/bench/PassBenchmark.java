package dev.sternpost.bench;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * B7: one pass of load balancing over a cluster of 96 hosts and 10,000 VMs with rules, pools and reservations; on a smaller one beside
 * ganeti's hbal with the same number of moves; and on small ones beside a bound that no placement can beat.
 */
final class PassBenchmark {
    private static final int WARM_UP = 50;
    private static final int PASSES = 60;
    private static final int FEW = 20;
    private static final int MANY = 200;
    private static final int SMALL_CASES = 40;
    private static final int SMALL_PASSES_MAX = 20;
    private static final int HBAL_SECONDS_MAX = 180;

    private PassBenchmark() {}

    static Report run(long seed) {
        Report report = new Report("B7", "a pass of load balancing", seed);
        large(report, seed);
        besideHbal(report, seed);
        besideBound(report, seed);
        return report;
    }

    private static DrsPolicy policy(int moves) {
        return DrsPolicy.standard()
                .withMigrationThreshold(DrsPolicy.THRESHOLD_MAX)
                .withMovesMax(moves);
    }

    private static void large(Report report, long seed) {
        DrsSnapshot snapshot = SkewedCluster.make(ClusterShape.LARGE, seed);
        Timings few = new Timings();
        Timings many = new Timings();
        Timings plain = new Timings();
        for (int i = 0; i < WARM_UP; i++) {
            DrsPlanner.plan(snapshot, policy(FEW));
            DrsPlanner.plan(snapshot, policy(MANY));
        }
        ExhaustiveGreedy.balance(snapshot, 2);
        for (int i = 0; i < PASSES; i++) {
            few.time(() -> DrsPlanner.plan(snapshot, policy(FEW)));
            if (i % 3 == 0) {
                many.time(() -> DrsPlanner.plan(snapshot, policy(MANY)));
            }
            if (i % 20 == 0) {
                plain.time(() -> ExhaustiveGreedy.balance(snapshot, FEW));
            }
        }
        DrsPlan plan = DrsPlanner.plan(snapshot, policy(FEW));
        report.condition(
                "large",
                "96 hosts, 10,000 VMs, 200 rules, 50 pools, reservations on 10 %; after " + WARM_UP
                        + " passes of each kind");
        report.condition(
                "moves of the large pass", String.valueOf(plan.recommendations().size()));
        report.add(Result.lower(
                "96/10,000, 20 moves, p99 beside exhaustive greedy's median",
                "ms",
                few.quantile(0.99),
                plain.median(),
                2_000,
                50));
        report.add(Result.told("96/10,000, 20 moves, median", "ms", few.median(), plain.median()));
        report.add(Result.told("96/10,000, 20 moves, CPU time", "ms", few.cpuMean(), plain.cpuMean()));
        report.add(Result.lower(
                "96/10,000, 200 moves, p99", "ms", many.quantile(0.99), plain.median() * MANY / FEW, 2_000, 300));
        double ours = Spread.of(snapshot, Spread.after(snapshot, plan)).both();
        double theirs =
                Spread.of(snapshot, ExhaustiveGreedy.balance(snapshot, FEW)).both();
        report.add(Result.told("96/10,000, spread after 20 moves beside exhaustive greedy", "parts", ours, theirs));
    }

    private static void besideHbal(Report report, long seed) {
        DrsSnapshot snapshot = SkewedCluster.make(ClusterShape.MEDIUM, seed);
        Timings ours = new Timings();
        DrsPlan plan = DrsPlanner.plan(snapshot, policy(FEW));
        for (int i = 0; i < PASSES; i++) {
            ours.time(() -> DrsPlanner.plan(snapshot, policy(FEW)));
        }
        Spread before = Spread.of(snapshot, snapshot.placement());
        Spread after = Spread.of(snapshot, Spread.after(snapshot, plan));
        Optional<Hbal.Outcome> hbal = Hbal.present() ? Hbal.balance(snapshot, FEW, HBAL_SECONDS_MAX) : Optional.empty();
        for (int i = 0; i < PASSES; i++) {
            ours.time(() -> DrsPlanner.plan(snapshot, policy(FEW)));
        }
        report.condition("medium", "32 hosts, 1,000 VMs; hbal " + (hbal.isPresent() ? "ran" : "DID NOT RUN"));
        report.add(Result.told("32/1,000, spread before", "parts", before.both(), null));
        Double theirs = hbal.map(
                        outcome -> Spread.of(snapshot, outcome.placement()).both())
                .orElse(null);
        Double theirMillis = hbal.map(outcome -> outcome.seconds() * 1000).orElse(null);
        report.add(Result.lower(
                "32/1,000, spread after 20 moves beside hbal",
                "parts",
                after.both(),
                theirs,
                theirs == null ? before.both() : theirs,
                theirs == null ? before.both() : theirs));
        report.add(Result.told("32/1,000, 20 moves, median beside hbal", "ms", ours.median(), theirMillis));
    }

    /** The loss of a cluster whose load could be divided as finely as one likes is a bound for every placement. */
    private static void besideBound(Report report, long seed) {
        double worst = 0;
        double sum = 0;
        for (int i = 0; i < SMALL_CASES; i++) {
            DrsSnapshot snapshot = SkewedCluster.make(ClusterShape.SMALL, seed + i);
            for (int pass = 0; pass < SMALL_PASSES_MAX; pass++) {
                DrsPlan plan = DrsPlanner.plan(snapshot, policy(MANY));
                if (plan.recommendations().isEmpty()) {
                    break;
                }
                snapshot = moved(snapshot, Spread.after(snapshot, plan));
            }
            double excess = excess(snapshot);
            worst = Math.max(worst, excess);
            sum += excess;
        }
        report.condition("small", SMALL_CASES + " clusters of 8 hosts and 60 VMs");
        report.add(Result.lower(
                "8/60, sum of squares above the bound of the optimum, worst", "%", 100 * worst, null, 2, 2));
        report.add(Result.told(
                "8/60, sum of squares above the bound of the optimum, mean", "%", 100 * sum / SMALL_CASES, null));
    }

    private static DrsSnapshot moved(DrsSnapshot snapshot, Map<VirtualMachineId, HostId> placement) {
        return snapshot.withVms(snapshot.vms().stream()
                .map(vm -> vm.withHost(placement.getOrDefault(vm.id(), vm.hostId()), true))
                .toList());
    }

    private static double excess(DrsSnapshot snapshot) {
        Map<HostId, double[]> loads = new HashMap<>();
        double cpu = 0;
        double memory = 0;
        for (DrsVm vm : snapshot.vms()) {
            DrsHost host = snapshot.host(vm.hostId() == null ? HostId.of(1) : vm.hostId());
            double[] load = loads.computeIfAbsent(host.id(), ignored -> new double[2]);
            load[0] += vm.demand().cpuMhz() / host.cpuMhz();
            load[1] += vm.demand().memoryBytes() / host.memoryBytes();
            cpu += vm.demand().cpuMhz() / host.cpuMhz();
            memory += vm.demand().memoryBytes() / host.memoryBytes();
        }
        double squares = loads.values().stream()
                .mapToDouble(load -> load[0] * load[0] + load[1] * load[1])
                .sum();
        return squares / ((cpu * cpu + memory * memory) / snapshot.hosts().size()) - 1;
    }
}
