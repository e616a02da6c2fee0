package dev.sternpost.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;

/**
 * B11: a guest of real QEMU that writes a hot set of W bytes at a rate r, moved by our engine and by QEMU's own migrate, by turns, on the same
 * pair of processes. Where rounds alone do not converge, QEMU alone does not end; ours takes from the guest what it must.
 */
final class MigrationBenchmark {
    private static final double TOTAL_BAR = 1.25;
    private static final double TOTAL_GOAL = 1.05;
    private static final double TOTAL_GOAL_SECONDS = 0.12;
    private static final double PAUSE_GOAL = 1.1;
    private static final double CALM_LAMBDA = 0.5;

    private final List<MigrationPoint> points = new ArrayList<>();
    private final List<MigrationRun> ours = new ArrayList<>();
    private final List<MigrationRun> alone = new ArrayList<>();

    private MigrationBenchmark() {}

    static Report run(long seed, boolean full) {
        MigrationBenchmark benchmark = new MigrationBenchmark();
        List<MigrationPoint> points = new ArrayList<>(full ? MigrationPoint.grid() : MigrationPoint.some());
        Collections.shuffle(points, new Random(seed));
        Report report = new Report("B11", "live migration of a guest that writes", seed);
        report.condition(
                "points",
                points.size()
                        + (full ? "" : " (--full has " + MigrationPoint.grid().size() + ")"));
        report.condition("guest", "TCG, 256 MiB, 96 MiB not zero, 200 ticks a second; pause is its longest gap");
        report.condition("stream", "unix sockets; ours through one relay in this process, without its encryption");
        for (MigrationPoint point : points) {
            benchmark.measure(point, report);
        }
        benchmark.totals(report);
        benchmark.pauses(report);
        benchmark.predictions(report);
        return report;
    }

    private void measure(MigrationPoint point, Report report) {
        try {
            // By turns, so that what else the machine does falls on both.
            boolean oursFirst = points.size() % 2 == 0;
            MigrationRun first = oursFirst ? MigrationRun.ours(point) : MigrationRun.qemu(point);
            MigrationRun second = oursFirst ? MigrationRun.qemu(point) : MigrationRun.ours(point);
            points.add(point);
            ours.add(oursFirst ? first : second);
            alone.add(oursFirst ? second : first);
            report.condition(point.toString(), line(point, ours.getLast(), alone.getLast()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(MigrationPoint point, MigrationRun our, MigrationRun qemu) {
        return String.format(
                Locale.ROOT,
                "ours %s, taken %.0f %% (least %.0f %%), %s; QEMU alone %s",
                outcome(our),
                100 * our.takenMillis() / (our.seconds() * 1000),
                100 * point.throttleShareMin(),
                our.expected() == null ? "" : our.expected().sentence(),
                outcome(qemu));
    }

    private static String outcome(MigrationRun run) {
        return run.completed()
                ? String.format(Locale.ROOT, "%.2f s, pause %.0f ms", run.seconds(), run.pauseMillis())
                : "did not end in %d s".formatted(MigrationRun.SECONDS_MAX);
    }

    private List<Integer> bothEnded() {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            if (ours.get(i).completed() && alone.get(i).completed()) {
                indexes.add(i);
            }
        }
        return indexes;
    }

    private void totals(Report report) {
        List<Integer> both = bothEnded();
        double our = both.stream().mapToDouble(i -> ours.get(i).seconds()).sum();
        double qemu = both.stream().mapToDouble(i -> alone.get(i).seconds()).sum();
        report.add(Result.lower(
                "total time of %d points that both end".formatted(both.size()),
                "s",
                our,
                qemu,
                TOTAL_BAR * qemu,
                TOTAL_GOAL * qemu + TOTAL_GOAL_SECONDS * both.size()));
        report.add(Result.higher(
                "points ended within %d s".formatted(MigrationRun.SECONDS_MAX),
                "1",
                ours.stream().filter(MigrationRun::completed).count(),
                (double) alone.stream().filter(MigrationRun::completed).count(),
                points.size(),
                points.size()));
    }

    private void pauses(Report report) {
        Timings our = new Timings();
        Timings qemu = new Timings();
        for (int i : bothEnded()) {
            if (points.get(i).lambda() <= CALM_LAMBDA) {
                our.add(ours.get(i).pauseMillis());
                qemu.add(alone.get(i).pauseMillis());
            }
        }
        if (our.count() > 0) {
            double bar = Math.max(MigrationPoint.DOWNTIME_MILLIS, PAUSE_GOAL * qemu.median());
            report.add(Result.lower("pause, lambda <= 0.5, median", "ms", our.median(), qemu.median(), bar, 50));
            report.add(Result.lower(
                    "pause, lambda <= 0.5, 99 %",
                    "ms",
                    our.quantile(0.99),
                    qemu.quantile(0.99),
                    Math.max(bar, PAUSE_GOAL * qemu.quantile(0.99)),
                    MigrationPoint.DOWNTIME_MILLIS));
        }
    }

    private void predictions(Report report) {
        Timings errors = new Timings();
        int inside = 0;
        int called = 0;
        int hopeless = 0;
        int right = 0;
        int late = 0;
        for (int i = 0; i < points.size(); i++) {
            MigrationRun run = ours.get(i);
            if (points.get(i).converges() && run.completed()) {
                var expected = Objects.requireNonNull(run.expected()).totalMillis();
                errors.add(100 * Math.abs(expected.expected() / (run.seconds() * 1000) - 1));
                inside += expected.contains(run.seconds() * 1000) ? 1 : 0;
            }
            called += run.calledHopeless() ? 1 : 0;
            hopeless += points.get(i).converges() ? 0 : 1;
            right += run.calledHopeless() && !points.get(i).converges() ? 1 : 0;
            late += run.takenMillis() > 0 && points.get(i).converges() ? 1 : 0;
        }
        if (errors.count() > 0) {
            report.add(Result.lower(
                    "error of the total time expected before, median", "percent", errors.median(), null, 25, 5));
            report.add(Result.told(
                    "total time inside the range told, of %d".formatted(errors.count()), "1", inside, null));
        }
        if (called > 0 && hopeless > 0) {
            report.add(Result.higher(
                    "\"will not converge\" by the second round: precision",
                    "1",
                    (double) right / called,
                    null,
                    0.9,
                    0.99));
            report.add(Result.higher("the same: recall", "1", (double) right / hopeless, null, 0.9, 0.99));
        }
        report.add(Result.told("guests throttled that need not be", "1", late, null));
    }
}
