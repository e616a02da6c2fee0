package dev.sternpost.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A seeded source of test data: the same seed draws the same values in the same order.
 *
 * <p>Not for use by several threads; give each its own with {@link #split()}.
 */
public final class Generator {
    private final SplittableRandom random;
    private final int size;

    /** A generator of full-size cases for tests that are not properties. */
    public Generator(long seed) {
        this(seed, Property.SIZE_MAX);
    }

    Generator(long seed, int size) {
        this(new SplittableRandom(seed), size);
    }

    private Generator(SplittableRandom random, int size) {
        this.random = random;
        this.size = size;
    }

    /** How large the case should be, 1 to 100; a hint for the number of hosts, steps and the like. */
    public int size() {
        return size;
    }

    /** An independent generator whose values do not depend on what is drawn here later. */
    public Generator split() {
        return new Generator(random.split(), size);
    }

    /** From {@code min} to {@code max}, both possible. */
    public int between(int min, int max) {
        return (int) between((long) min, (long) max);
    }

    /** From {@code min} to {@code max}, both possible. */
    public long between(long min, long max) {
        if (min > max) {
            throw new IllegalArgumentException("empty range " + min + ".." + max);
        }
        return max == Long.MAX_VALUE
                ? (min == Long.MIN_VALUE ? random.nextLong() : random.nextLong(min - 1, max) + 1)
                : random.nextLong(min, max + 1);
    }

    /** From {@code min} up to the lesser of {@code max} and a bound that grows with {@link #size()}. */
    public int sized(int min, int max) {
        int span = (int) ((long) (max - min) * size / Property.SIZE_MAX);
        return between(min, min + Math.max(span, max > min ? 1 : 0));
    }

    /** From {@code min} (possible) to {@code max} (not possible). */
    public double between(double min, double max) {
        return random.nextDouble(min, max);
    }

    /** True with the given probability. */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** One of the elements, each equally likely. */
    public <T> T pick(List<T> from) {
        if (from.isEmpty()) {
            throw new IllegalArgumentException("nothing to pick from");
        }
        return from.get(random.nextInt(from.size()));
    }

    /** One of the constants of an enum, each equally likely. */
    public <E extends Enum<E>> E pick(Class<E> type) {
        return pick(List.of(type.getEnumConstants()));
    }

    /** {@code count} values. */
    public <T> List<T> listOf(int count, Function<? super Generator, ? extends T> element) {
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.apply(this));
        }
        return List.copyOf(list);
    }

    /** The same elements in another order. */
    public <T> List<T> shuffled(List<T> from) {
        List<T> list = new ArrayList<>(from);
        for (int i = list.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            T moved = list.get(i);
            list.set(i, list.get(j));
            list.set(j, moved);
        }
        return List.copyOf(list);
    }

    /** Lower-case letters, at least one. */
    public String word(int lengthMax) {
        int length = between(1, lengthMax);
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    /** Random bytes. */
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
