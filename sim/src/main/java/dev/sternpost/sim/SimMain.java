package dev.sternpost.sim;

import dev.sternpost.sim.ha.Defect;
import dev.sternpost.sim.ha.DrawnStory;
import dev.sternpost.sim.ha.Figures;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Runs one seed after the other: {@code run --seeds N [--first-seed S] [--trace-hash]}; {@code show --seed S} tells one story line by line; {@code
 * figures --seeds N [--first-seed S] [--tell-every K]} says how often nothing is mistaken for a failure, and how soon one is known; for sweeps of
 * hours it says so every so many seeds, and several can share them. Ends with 0 when every promise was kept, with 1 when one was broken, with 2 when it was called in another way.
 */
public final class SimMain {
    private static final int BROKEN = 1;
    private static final int USAGE = 2;

    /** Every so many seeds, one is played twice, and must go the same way. */
    private static final int TWICE_EVERY = 50;

    private static final int SEEDS_MAX = 10_000_000;

    private SimMain() {}

    public static void main(String[] args) {
        System.exit(run(Arrays.asList(args), System.out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        try {
            if (args.contains("show")) {
                return show(number(args, "--seed", -1), out);
            }
            long seeds = number(args, "--seeds", -1);
            boolean some = seeds > 0 && seeds <= SEEDS_MAX;
            if (args.contains("figures") && some) {
                return figures(number(args, "--first-seed", 1), seeds, number(args, "--tell-every", 0), out, err);
            }
            if (args.contains("run") && some) {
                return sweep(number(args, "--first-seed", 1), seeds, args.contains("--trace-hash"), out);
            }
        } catch (NumberFormatException e) {
            err.println("not a number: " + e.getMessage());
        }
        err.println(
                "usage: sim run --seeds N [--first-seed S] [--trace-hash] | sim figures --seeds N [--first-seed S] [--tell-every K] | sim show --seed S");
        return USAGE;
    }

    private static long number(List<String> args, String name, long otherwise) {
        int at = args.indexOf(name);
        return at < 0 || at + 1 >= args.size() ? otherwise : Long.parseLong(args.get(at + 1));
    }

    private static int show(long seed, PrintStream out) {
        DrawnStory story = new DrawnStory(seed);
        out.println("seed " + seed + ", " + story.kind());
        story.datacenter().forEach(out::println);
        DrawnStory.Ending ending = story.play(Defect.NONE);
        out.print(ending.told());
        ending.violation().ifPresent(broken -> out.println("BROKEN: " + broken));
        return ending.violation().isPresent() ? BROKEN : 0;
    }

    private static int figures(long first, long seeds, long every, PrintStream out, PrintStream err) {
        Figures figures = new Figures();
        for (long seed = first; seed < first + seeds; seed++) {
            figures.play(seed);
            if (every > 0 && (seed - first + 1) % every == 0 && seed < first + seeds - 1) {
                out.println("seeds " + first + "-" + seed);
                out.print(figures.text());
            }
        }
        out.print(figures.text());
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        err.printf(
                Locale.ROOT,
                "%.0f simulated host-hours in %d s of processor time%n",
                figures.hostHours(),
                cpu.toSeconds());
        return figures.isBad() ? BROKEN : 0;
    }

    private static int sweep(long first, long seeds, boolean withHash, PrintStream out) {
        double hostHours = 0;
        int violations = 0;
        int differing = 0;
        int hash = 1;
        for (long seed = first; seed < first + seeds; seed++) {
            DrawnStory story = new DrawnStory(seed);
            DrawnStory.Ending ending = story.play(Defect.NONE);
            hostHours += story.hostHours();
            hash = 31 * hash + ending.hash().hashCode();
            if ((seed - first) % TWICE_EVERY == 0
                    && !new DrawnStory(seed).play(Defect.NONE).hash().equals(ending.hash())) {
                differing++;
                out.println("seed " + seed + " goes another way the second time");
            }
            if (ending.violation().isPresent()) {
                violations++;
                out.println("seed " + seed + " (" + story.kind() + "): "
                        + ending.violation().get());
                out.println(ending.told());
                out.println("again with: ./sternpost sim show --seed " + seed);
            }
        }
        out.printf(
                Locale.ROOT,
                "seeds %d-%d, %.1f simulated host-hours, %d violations, %d differing%n",
                first,
                first + seeds - 1,
                hostHours,
                violations,
                differing);
        if (withHash) {
            out.println("trace hash " + HexFormat.of().toHexDigits(hash));
        }
        return violations + differing == 0 ? 0 : BROKEN;
    }
}
