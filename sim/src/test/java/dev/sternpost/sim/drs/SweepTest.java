package dev.sternpost.sim.drs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Stories that are drawn, one for each seed: hosts that go silent and come back, are emptied, suffer and sleep, while demand and rules change. The
 * invariants of the simulated cluster are checked after every event. {@code -Dsternpost.sweep=N} plays more of them.
 */
class SweepTest {
    private static final int SEEDS = Integer.getInteger("sternpost.sweep", 60);
    private static final int MINUTES = 240;
    private static final int CALM_MINUTES = 480;

    @Test
    void whatever_happens_no_migration_breaks_a_rule_or_overfills_a_host_and_the_cluster_comes_to_rest() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Drawn drawn = new Drawn(new Generator(seed));
            String told = ClusterStory.play(seed, drawn.cluster, drawn.script);
            assertThat(lastAdviceMinute(told))
                    .as("the last advice of seed %d, minutes after the start, of%n%s", seed, told)
                    .isLessThan(MINUTES + CALM_MINUTES - 120);
        }
    }

    @Test
    void the_same_seed_tells_the_same_story() {
        for (long seed = 1; seed <= SEEDS; seed += 10) {
            Drawn drawn = new Drawn(new Generator(seed));
            Drawn again = new Drawn(new Generator(seed));
            assertThat(ClusterStory.play(seed, again.cluster, again.script))
                    .isEqualTo(ClusterStory.play(seed, drawn.cluster, drawn.script));
        }
    }

    private static int lastAdviceMinute(String told) {
        return told.lines()
                .filter(line -> line.contains("  advice: "))
                .map(line -> line.split("[: ]", 3))
                .mapToInt(parts -> 60 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]))
                .max()
                .orElse(0);
    }

    /** A cluster that fits to begin with, and a script. At its end nothing more happens, so that what is left to do can be done. */
    private static final class Drawn {
        final List<String> cluster = new ArrayList<>();
        final List<String> script = new ArrayList<>();
        private final Generator random;
        private final int hosts;
        private int vms;

        Drawn(Generator random) {
            this.random = random;
            this.hosts = random.between(2, 6);
            drawCluster();
            TreeMap<Integer, List<String>> byMinute = new TreeMap<>();
            for (int i = 0; i < random.between(5, 40); i++) {
                byMinute.computeIfAbsent(random.between(1, MINUTES), minute -> new ArrayList<>())
                        .add(drawEvent(i));
            }
            byMinute.forEach((minute, events) -> events.forEach(event -> script.add(at(minute) + " " + event)));
            for (int host = 1; host <= hosts; host++) {
                script.add(at(MINUTES) + " condition " + host + " NORMAL");
                script.add(at(MINUTES) + " steal " + host + " 0");
            }
            script.add(at(MINUTES) + " power off");
            script.add(at(MINUTES) + " noise 0");
            script.add(at(MINUTES + CALM_MINUTES) + " end");
        }

        private static String at(int minute) {
            return minute / 60 + ":" + minute % 60;
        }

        private void drawCluster() {
            for (int host = 1; host <= hosts; host++) {
                cluster.add("host %d %d 32".formatted(host, random.pick(List.of(4, 8, 16))));
            }
            int[] left = new int[hosts];
            Arrays.fill(left, 31);
            for (int i = 0; i < random.between(4, 24); i++) {
                int host = random.between(1, hosts);
                int memory = random.between(1, 8);
                if (left[host - 1] > memory) {
                    left[host - 1] -= memory + 1;
                    String pinned = random.chance(0.05) ? " uses a device of its host" : "";
                    cluster.add("vm %d %d %d %d%s".formatted(++vms, host, random.between(0, 8_000), memory, pinned));
                }
            }
            cluster.add("noise " + random.between(0, 60));
        }

        private String drawEvent(int number) {
            int host = random.between(1, hosts);
            int vm = random.between(1, Math.max(1, vms));
            int other = 1 + vm % Math.max(1, vms);
            return switch (random.between(0, 9)) {
                case 0, 1 -> "demand %d %d".formatted(vm, random.between(0, 8_000));
                case 2 -> "condition %d UNREACHABLE".formatted(host);
                case 3, 4 -> "condition %d NORMAL".formatted(host);
                case 5 -> "steal %d %d".formatted(host, random.between(0, 80));
                case 6 -> "evacuate " + host;
                case 7 -> "power " + random.pick(List.of("on", "off"));
                case 8 -> "threshold " + random.between(1, 5);
                default ->
                    vm == other
                            ? "unrule rule-" + random.between(0, number)
                            : "rule %s rule-%d %d,%d"
                                    .formatted(random.pick(List.of("together", "apart")), number, vm, other);
            };
        }
    }
}
