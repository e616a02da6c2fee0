package dev.sternpost.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs one benchmark: {@code ID [--json] [--full] [--seed N]}. */
public final class Bench {
    /** The status that says a bar was missed. */
    static final int BAR_MISSED = 6;

    private static final int USAGE = 2;
    private static final long SEED_DEFAULT = 20_261;

    private interface Benchmark {
        Report run(long seed, boolean full);
    }

    private static final Map<String, Benchmark> BENCHMARKS = new LinkedHashMap<>();

    static {
        BENCHMARKS.put("B1", PowerBenchmark::run);
        BENCHMARKS.put("B7", (seed, full) -> PassBenchmark.run(seed));
        BENCHMARKS.put("B8", (seed, full) -> PlacementBenchmark.run(seed));
        BENCHMARKS.put("B9", (seed, full) -> DayBenchmark.run(seed));
        BENCHMARKS.put("B10", (seed, full) -> FailoverBenchmark.run(seed));
        BENCHMARKS.put("B11", MigrationBenchmark::run);
    }

    private Bench() {}

    public static void main(String[] args) {
        System.exit(run(Arrays.asList(args), System.out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        Benchmark benchmark = args.isEmpty() ? null : BENCHMARKS.get(args.getFirst());
        boolean json = args.contains("--json");
        int seedAt = args.indexOf("--seed") + 1;
        if (benchmark == null || (seedAt > 0 && seedAt >= args.size())) {
            err.println("usage: bench " + String.join("|", BENCHMARKS.keySet()) + " [--json] [--full] [--seed N]");
            return USAGE;
        }
        long seed = seedAt > 0 ? Long.parseLong(args.get(seedAt)) : SEED_DEFAULT;
        Report report = benchmark.run(seed, args.contains("--full"));
        out.print(json ? report.json() : report.table());
        return report.barsMet() ? 0 : BAR_MISSED;
    }
}
