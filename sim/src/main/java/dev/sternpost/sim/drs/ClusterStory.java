package dev.sternpost.sim.drs;

import dev.sternpost.drs.maintenance.EvacuationOptions;
import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.maintenance.EvacuationPlanner;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleConflicts;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Plays a story: a cluster to begin with, and what happens to it. A line of the script begins with its time in hours and minutes,
 * such as {@code 0:10 demand 1 8000}; lines of the cluster have none. What may stand in either:
 *
 * <pre>
 * host NUMBER CPUS GIB [CONDITION]
 * vm NUMBER HOST MHZ GIB [why it is pinned]
 * rule together|apart NAME VM,VM
 * rule must|should NAME VM,VM HOST,HOST
 * unrule NAME
 * demand VM MHZ
 * condition HOST CONDITION
 * steal HOST PERCENT
 * evacuate HOST
 * noise PERCENT
 * threshold 1 to 5
 * power on|off
 * end
 * </pre>
 */
public final class ClusterStory {
    private static final long GIB = 1L << 30;

    private final Simulation simulation;
    private final SimCluster cluster;
    private final BalancingLoop loop;

    private ClusterStory(long seed) {
        simulation = new Simulation(seed);
        cluster = new SimCluster(simulation);
        loop = new BalancingLoop(simulation, cluster);
    }

    /**
     * Plays it to its end.
     *
     * @return what happened
     * @throws IllegalArgumentException when a line says nothing that can happen, or the script has no end
     */
    public static String play(long seed, List<String> clusterLines, List<String> script) {
        ClusterStory story = new ClusterStory(seed);
        clusterLines.stream().flatMap(ClusterStory::words).forEach(story::happen);
        Duration end = Duration.ZERO;
        boolean ends = false;
        for (String[] words : script.stream().flatMap(ClusterStory::words).toList()) {
            Duration at = time(words[0]);
            String[] rest = Arrays.copyOfRange(words, 1, words.length);
            if (rest[0].equals("end")) {
                end = at;
                ends = true;
            } else {
                story.simulation.after(at, String.join(" ", rest), () -> {
                    story.simulation.say("> " + String.join(" ", rest));
                    story.happen(rest);
                });
            }
        }
        if (!ends) {
            throw new IllegalArgumentException("a script says when it ends");
        }
        story.simulation.run(end);
        story.simulation.say("%d migrations in all".formatted(story.loop.moves()));
        return story.simulation.trace().text();
    }

    private static Stream<String[]> words(String line) {
        String said = line.strip();
        return said.isEmpty() || said.startsWith("#") ? Stream.empty() : Stream.<String[]>of(said.split(" +"));
    }

    private static Duration time(String word) {
        String[] parts = word.split(":", 2);
        return Duration.ofMinutes(60L * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]));
    }

    private void happen(String[] words) {
        switch (words[0]) {
            case "host" -> addHost(words);
            case "vm" -> addVm(words);
            case "rule" -> addRule(words);
            case "unrule" -> cluster.rules().removeIf(rule -> rule.name().equals(words[1]));
            case "demand" -> cluster.vm(VirtualMachineId.of(number(words[1]))).cpuMhz = number(words[2]);
            case "condition" -> cluster.host(HostId.of(number(words[1]))).condition = HostCondition.valueOf(words[2]);
            case "steal" -> cluster.host(HostId.of(number(words[1]))).steal = number(words[2]) / 100.0;
            case "evacuate" -> evacuate(HostId.of(number(words[1])));
            case "noise" -> cluster.noise = number(words[1]) / 100.0;
            case "threshold" -> loop.policy = loop.policy.withMigrationThreshold(number(words[1]));
            case "power" -> loop.powerPolicy = words[1].equals("on") ? loop.powerPolicy.on() : loop.powerPolicy.off();
            default -> throw new IllegalArgumentException("no such thing happens: " + String.join(" ", words));
        }
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    private void addHost(String[] words) {
        HostId id = HostId.of(number(words[1]));
        HostCondition condition = words.length > 4 ? HostCondition.valueOf(words[4]) : HostCondition.NORMAL;
        SimHost host = new SimHost(id, number(words[2]), number(words[3]) * GIB, condition);
        cluster.hosts().put(id, host);
    }

    private void addVm(String[] words) {
        cluster.add(new SimVm(
                VirtualMachineId.of(number(words[1])),
                HostId.of(number(words[2])),
                number(words[3]),
                number(words[4]) * GIB,
                String.join(" ", Arrays.asList(words).subList(5, words.length))));
    }

    private void addRule(String[] words) {
        List<VirtualMachineId> vms = numbers(words[3]).map(VirtualMachineId::of).toList();
        Rule rule = switch (words[1]) {
            case "together" -> new Rule.KeepTogether(words[2], true, vms);
            case "apart" -> new Rule.KeepApart(words[2], true, vms);
            default ->
                new Rule.VmHost(
                        words[2],
                        true,
                        Rule.Affinity.RUN_ON,
                        Rule.Strength.valueOf(words[1].toUpperCase(Locale.ROOT)),
                        vms,
                        numbers(words[4]).map(HostId::of).toList());
        };
        cluster.add(rule);
        RuleConflicts.among(cluster.rules(), cluster.hosts().keySet())
                .forEach(conflict -> simulation.say("conflict: " + conflict.explanation()));
    }

    private static Stream<Integer> numbers(String word) {
        return Arrays.stream(word.split(",", -1)).map(Integer::valueOf);
    }

    /** Says how the host would be emptied, and begins: from here on load balancing empties it. */
    private void evacuate(HostId id) {
        EvacuationPlan plan = EvacuationPlanner.plan(cluster.snapshot(), loop.policy, id, EvacuationOptions.standard());
        plan.moves()
                .forEach(each -> simulation.say("plan: %s to %s, %.0f s to %.0f s%s"
                        .formatted(
                                each.move().vmId(),
                                each.move().toHostId(),
                                each.startSeconds(),
                                each.endSeconds(),
                                each.makesRoom() ? ", to make room" : "")));
        plan.blocked()
                .forEach(each -> simulation.say(
                        "plan: %s is blocked: %s. %s".formatted(each.vmId(), each.reason(), each.remedy())));
        cluster.host(id).condition = HostCondition.MAINTENANCE;
    }
}
