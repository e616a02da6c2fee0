package dev.sternpost.testkit;

import java.util.SplittableRandom;
import org.opentest4j.AssertionFailedError;

/**
 * A statement that must hold for every generated case.
 *
 * <pre>{@code
 * Property.holds("a plan never overcommits memory", random -> {
 *     var snapshot = clusters(random);
 *     assertThat(planner.plan(snapshot)).satisfies(noOvercommit());
 * });
 * }</pre>
 *
 * <p>Each run draws fresh seeds; a failure names the seed of its case, and {@code -Dsternpost.seed=SEED} runs that
 * one case again. Cases grow from small to large ({@link Generator#size()}), so that the first failure is near the
 * smallest one. {@code -Dsternpost.cases=N} overrides the number of cases, for long runs.
 */
public final class Property {
    /** Cases of one property unless its test or {@code -Dsternpost.cases} says otherwise. */
    public static final int CASES_DEFAULT = 200;

    /** The size of the last case; the first one has size 1. */
    static final int SIZE_MAX = 100;

    private static final SplittableRandom FRESH_SEEDS = new SplittableRandom();

    private Property() {}

    /** What is checked: draws its input from the generator and throws when the property does not hold. */
    @FunctionalInterface
    public interface Body {
        void check(Generator random) throws Exception;
    }

    /** Checks {@value #CASES_DEFAULT} cases. */
    public static void holds(String name, Body body) {
        holds(name, CASES_DEFAULT, body);
    }

    /**
     * Checks {@code cases} cases, or the single one named by {@code -Dsternpost.seed}.
     *
     * @throws AssertionFailedError naming the seed of the first case that threw, which is its cause
     */
    public static void holds(String name, int cases, Body body) {
        String replay = System.getProperty("sternpost.seed", "");
        if (replay.isEmpty()) {
            holds(name, Integer.getInteger("sternpost.cases", cases), freshSeed(), body);
        } else {
            check(name, Seed.parse(replay), body);
        }
    }

    static void holds(String name, int cases, long firstSeed, Body body) {
        if (cases < 1) {
            throw new IllegalArgumentException("a property needs at least one case, not " + cases);
        }
        SplittableRandom seeds = new SplittableRandom(firstSeed);
        for (int i = 0; i < cases; i++) {
            int size = cases == 1 ? SIZE_MAX : 1 + (int) ((long) i * (SIZE_MAX - 1) / (cases - 1));
            check(name, new Seed(seeds.nextLong(), size), body);
        }
    }

    private static void check(String name, Seed seed, Body body) {
        try {
            body.check(new Generator(seed.bits(), seed.size()));
        } catch (Exception | AssertionError e) {
            throw new AssertionFailedError(
                    "property \"%s\" fails; replay with -Dsternpost.seed=%s%n%s".formatted(name, seed, e), e);
        }
    }

    private static synchronized long freshSeed() {
        return FRESH_SEEDS.nextLong();
    }

    /** All that is needed to make a case again: printed as {@code bits-size}, both in hexadecimal. */
    record Seed(long bits, int size) {
        static Seed parse(String text) {
            String[] parts = text.split("-", -1);
            try {
                if (parts.length == 2) {
                    return new Seed(Long.parseUnsignedLong(parts[0], 16), Integer.parseInt(parts[1], 16));
                }
            } catch (NumberFormatException e) {
                // said below, with the text that was given
            }
            throw new IllegalArgumentException(
                    "-Dsternpost.seed wants what a failure printed, such as 1f3c5a-2b, not: " + text);
        }

        @Override
        public String toString() {
            return Long.toHexString(bits) + "-" + Integer.toHexString(size);
        }
    }
}
