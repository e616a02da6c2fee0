package dev.sternpost.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Runs one benchmark: {@code ID [--json] [--seed N]}. */
public final class Bench {
    /** The status that says a bar was missed. */
    static final int BAR_MISSED = 6;

    private static final int USAGE = 2;
    private static final long SEED_DEFAULT = 20_261;

    private static final Map<String, LongFunction<Report>> BENCHMARKS = new LinkedHashMap<>();

    static {
        BENCHMARKS.put("B7", PassBenchmark::run);
        BENCHMARKS.put("B8", PlacementBenchmark::run);
        BENCHMARKS.put("B9", DayBenchmark::run);
    }

    private Bench() {}

    public static void main(String[] args) {
        System.exit(run(Arrays.asList(args), System.out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        LongFunction<Report> benchmark = args.isEmpty() ? null : BENCHMARKS.get(args.getFirst());
        boolean json = args.contains("--json");
        int seedAt = args.indexOf("--seed") + 1;
        if (benchmark == null || (seedAt > 0 && seedAt >= args.size())) {
            err.println("usage: bench " + String.join("|", BENCHMARKS.keySet()) + " [--json] [--seed N]");
            return USAGE;
        }
        long seed = seedAt > 0 ? Long.parseLong(args.get(seedAt)) : SEED_DEFAULT;
        Report report = benchmark.apply(seed);
        out.print(json ? report.json() : report.table());
        return report.barsMet() ? 0 : BAR_MISSED;
    }
}
