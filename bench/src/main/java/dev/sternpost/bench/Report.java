package dev.sternpost.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a benchmark found, as a table for people or as one JSON document. */
final class Report {
    private final String id;
    private final String what;
    private final long seed;
    private final Map<String, String> conditions = new LinkedHashMap<>();
    private final List<Result> results = new ArrayList<>();
    private final Map<String, Double> cpuSeconds = new LinkedHashMap<>();

    Report(String id, String what, long seed) {
        this.id = id;
        this.what = what;
        this.seed = seed;
        conditions.put("cpus", String.valueOf(Runtime.getRuntime().availableProcessors()));
        conditions.put("java", System.getProperty("java.vm.version", ""));
        conditions.put("heapBytesMax", String.valueOf(Runtime.getRuntime().maxMemory()));
    }

    void condition(String name, String value) {
        conditions.put(name, value);
    }

    void add(Result result) {
        results.add(result);
    }

    /** CPU that another process took. */
    void cpu(String process, double seconds) {
        cpuSeconds.merge(process, seconds, Double::sum);
    }

    boolean barsMet() {
        return results.stream().allMatch(Result::barMet);
    }

    String table() {
        StringBuilder table = new StringBuilder(id + "  " + what + "\n");
        conditions.forEach((name, value) ->
                table.append("    ").append(name).append(": ").append(value).append('\n'));
        table.append(String.format(
                Locale.ROOT,
                "  %-64s %12s %12s %8s %10s %10s%n",
                "METRIC",
                "OURS",
                "COMPARATOR",
                "RATIO",
                "BAR",
                "GOAL"));
        for (Result result : results) {
            String marks = result.bar() == null
                    ? ""
                    : !result.barMet() ? "bar MISSED" : result.goalMet() ? "met" : "goal missed";
            table.append(String.format(
                    Locale.ROOT,
                    "  %-64s %12s %12s %8s %10s %10s  %s%n",
                    result.metric() + ", " + result.unit(),
                    figure(result.ours()),
                    figure(result.comparator()),
                    figure(result.ratio()),
                    figure(result.bar()),
                    figure(result.goal()),
                    marks));
        }
        table.append(String.format(Locale.ROOT, "  seed %d, load average %.2f%n", seed, loadAverage()));
        return table.toString();
    }

    private static String figure(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        double size = Math.abs(value);
        int digits = size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 5;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    String json() {
        StringBuilder json = new StringBuilder("{\"id\":").append(quoted(id));
        json.append(",\"conditions\":{\"what\":").append(quoted(what));
        conditions.forEach((name, value) ->
                json.append(',').append(quoted(name)).append(':').append(quoted(value)));
        json.append("},\"results\":[");
        for (int i = 0; i < results.size(); i++) {
            json.append(i > 0 ? "," : "").append(json(results.get(i)));
        }
        json.append("],\"cpuSeconds\":{\"bench\":").append(ownCpuSeconds());
        cpuSeconds.forEach((process, seconds) ->
                json.append(',').append(quoted(process)).append(':').append(seconds));
        return json.append("},\"loadAverage\":")
                .append(loadAverage())
                .append(",\"seed\":")
                .append(seed)
                .append("}\n")
                .toString();
    }

    private static String json(Result result) {
        return "{\"metric\":" + quoted(result.metric()) + ",\"unit\":" + quoted(result.unit()) + ",\"ours\":"
                + result.ours() + ",\"comparator\":" + result.comparator() + ",\"ratio\":" + result.ratio()
                + ",\"bar\":" + result.bar() + ",\"goal\":" + result.goal() + ",\"barMet\":" + result.barMet()
                + ",\"goalMet\":" + result.goalMet() + "}";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double ownCpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toMillis()
                / 1000.0;
    }
}
