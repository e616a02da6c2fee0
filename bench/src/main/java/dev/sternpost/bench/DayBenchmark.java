package dev.sternpost.bench;

import dev.sternpost.drs.snapshot.DrsPolicy;

/**
 * B9: a day of a cluster with changing demand. 96 hosts beside no balancing and a threshold rule; 12 hosts beside hbal as well, which would take
 * days of computing for the larger one.
 */
final class DayBenchmark {
    private static final int HBAL_PERIOD_MINUTES = 10;
    private static final int HBAL_MOVES = 3;

    private DayBenchmark() {}

    static Report run(long seed) {
        Report report = new Report("B9", "a day of changing demand", seed);
        compare(report, "96/2,400", 96, 2_400, seed, false);
        compare(report, "12/300", 12, 300, seed, Hbal.present());
        return report;
    }

    private static void compare(Report report, String size, int hosts, int vms, long seed, boolean withHbal) {
        DaySimulation none = new DaySimulation(hosts, vms, seed).live(DayPolicies.none());
        DaySimulation threshold = new DaySimulation(hosts, vms, seed).live(DayPolicies.threshold());
        DaySimulation ours = new DaySimulation(hosts, vms, seed).live(DayPolicies.ours(DrsPolicy.standard()));
        DaySimulation best = threshold;
        report.condition(
                size,
                "unmet without balancing %.1f millionths; threshold rule %.1f with %d moves"
                        .formatted(none.unmetMillionths(), threshold.unmetMillionths(), threshold.moves()));
        if (withHbal) {
            DaySimulation hbal =
                    new DaySimulation(hosts, vms, seed).live(DayPolicies.hbal(HBAL_PERIOD_MINUTES, HBAL_MOVES));
            report.condition(
                    size + ", hbal",
                    "unmet %.1f millionths with %d moves, %d returns"
                            .formatted(hbal.unmetMillionths(), hbal.moves(), hbal.returns()));
            best = hbal.unmetMillionths() < best.unmetMillionths() ? hbal : best;
        }
        report.add(Result.lower(
                size + ", unmet demand beside none",
                "1e-6",
                ours.unmetMillionths(),
                none.unmetMillionths(),
                none.unmetMillionths(),
                none.unmetMillionths() / 3));
        report.add(Result.lower(
                size + ", unmet demand beside the best baseline",
                "1e-6",
                ours.unmetMillionths(),
                best.unmetMillionths(),
                none.unmetMillionths(),
                best.unmetMillionths() / 2));
        report.add(Result.lower(
                size + ", moves beside that baseline",
                "1",
                ours.moves(),
                (double) best.moves(),
                2.0 * vms,
                best.moves()));
        report.add(
                Result.lower(size + ", moves of a VM in the day", "1", ours.movesPerVm(), best.movesPerVm(), 2, 0.5));
        report.add(Result.lower(
                size + ", minutes of broken rules", "1", ours.violations(), (double) best.violations(), 0, 0));
        report.add(Result.lower(size + ", VMs back within 30 min", "1", ours.returns(), (double) best.returns(), 0, 0));
    }
}
