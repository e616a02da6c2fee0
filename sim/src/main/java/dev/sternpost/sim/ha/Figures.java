package dev.sternpost.sim.ha;

import dev.sternpost.ha.port.Happening;
import dev.sternpost.testkit.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How often nothing is mistaken for a failure, and how soon a failure is known, with everything as bad as is promised to be borne: pauses up to 5 s, 5 % of
 * messages lost, 2 % doubled, 200 ms of jitter, slow storage, clocks that drift.
 */
public final class Figures {
    private static final int CRASH_SECOND = 90;
    private static final int END_SECOND = 180;
    private static final int HOSTS_MIN = 3;
    private static final int HOSTS_MAX = 8;

    private final List<Long> detection = new ArrayList<>();
    private final List<Long> recovery = new ArrayList<>();
    private double quietHostHours;
    private double hostHours;
    private int falseAlarms;
    private int undetected;

    /** A death is to be known within so long in the 99th percentile, of at least {@link #DEATHS_MIN}. */
    private static final long KNOWN_MILLIS_MAX = 14_500;

    private static final int DEATHS_MIN = 100;

    /** Plays two stories: one in which nothing may be mistaken for a failure, one in which a host dies. */
    public void play(long seed) {
        // Every kind of story comes with every so many seeds.
        DrawnStory quiet = new DrawnStory(seed * DrawnStory.Kind.values().length);
        quietHostHours += quiet.hostHours();
        hostHours += quiet.hostHours();
        falseAlarms += quiet.play(Defect.NONE).violation().isPresent() ? 1 : 0;
        crash(new Generator(seed));
    }

    private void crash(Generator random) {
        int hosts = random.between(HOSTS_MIN, HOSTS_MAX);
        int victim = random.between(1, hosts);
        List<String> datacenter = new ArrayList<>();
        List<String> script = new ArrayList<>(List.of("0:1 noise 5 2 200", "0:1 slow 300 20"));
        for (int host = 1; host <= hosts; host++) {
            datacenter.add("host " + host + " 64");
            datacenter.add("vm %d %d 4 HIGH".formatted(host, host));
            script.add("0:1 drift " + host + " " + random.between(-4_000, 4_000));
        }
        for (int second = HaStory.WARM_UP_SECONDS; second < CRASH_SECOND; second += random.between(8, 20)) {
            script.add("%d:%d pause %s %d %d"
                    .formatted(
                            second / 60,
                            second % 60,
                            random.chance(0.5) ? "agent" : "guard",
                            random.between(1, hosts),
                            random.between(1, 5)));
        }
        script.add("%d:%d crash %d".formatted(CRASH_SECOND / 60, CRASH_SECOND % 60, victim));
        script.add("%d:%d end".formatted(END_SECOND / 60, END_SECOND % 60));
        hostHours += hosts * END_SECOND / 3_600.0;
        HaStory story = new HaStory(random.between(1, Integer.MAX_VALUE), datacenter, Defect.NONE);
        story.run(script);
        OptionalLong dead = story.firstMillis(Happening.Kind.HOST_VERDICT, "host-" + victim + " is dead");
        OptionalLong up = story.firstMillis(Happening.Kind.RESTART_COMPLETE, "vm-" + victim + " runs on");
        if (dead.isEmpty() || up.isEmpty()) {
            undetected++;
        } else {
            detection.add(dead.getAsLong() - 1_000L * CRASH_SECOND);
            recovery.add(up.getAsLong() - 1_000L * CRASH_SECOND);
        }
    }

    /** Whether anything was mistaken, or a death not noticed, or too late. */
    public boolean isBad() {
        boolean late = detection.size() >= DEATHS_MIN && seconds(detection, 0.99) > KNOWN_MILLIS_MAX / 1_000.0;
        return falseAlarms > 0 || undetected > 0 || late;
    }

    /** Simulated, of all that was played. */
    public double hostHours() {
        return hostHours;
    }

    /** As lines for people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "false failovers: %d in %.1f simulated host-hours of pauses up to 5 s, 5 %% loss, 200 ms jitter%n"
                        + "deaths: %d, not noticed %d; known to be dead after p50 %.1f s, p99 %.1f s; runs again after p50 %.1f s, p99 %.1f s%n",
                falseAlarms,
                quietHostHours,
                detection.size() + undetected,
                undetected,
                seconds(detection, 0.5),
                seconds(detection, 0.99),
                seconds(recovery, 0.5),
                seconds(recovery, 0.99));
    }

    private static double seconds(List<Long> millis, double quantile) {
        if (millis.isEmpty()) {
            return Double.NaN;
        }
        List<Long> sorted = millis.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(quantile * sorted.size()))) / 1_000.0;
    }
}
