package dev.sternpost.bench;

import org.jspecify.annotations.Nullable;

/**
 * One figure.
 *
 * @param higherIsBetter which way is good
 * @param comparator the same of what it is held against, in the same unit; null when there is nothing to hold it against
 * @param bar what must hold before anything is claimed; null for a figure that is only told
 * @param goal what is steered for; null when it is the bar
 */
record Result(
        String metric,
        String unit,
        double ours,
        @Nullable Double comparator,
        boolean higherIsBetter,
        @Nullable Double bar,
        @Nullable Double goal) {

    static Result lower(String metric, String unit, double ours, @Nullable Double comparator, double bar, double goal) {
        return new Result(metric, unit, ours, comparator, false, bar, goal);
    }

    static Result higher(
            String metric, String unit, double ours, @Nullable Double comparator, double bar, double goal) {
        return new Result(metric, unit, ours, comparator, true, bar, goal);
    }

    /** A figure that is only told. */
    static Result told(String metric, String unit, double ours, @Nullable Double comparator) {
        return new Result(metric, unit, ours, comparator, false, null, null);
    }

    @Nullable
    Double ratio() {
        return comparator == null || comparator == 0 ? null : ours / comparator;
    }

    boolean barMet() {
        return meets(bar);
    }

    boolean goalMet() {
        return meets(goal == null ? bar : goal);
    }

    private boolean meets(@Nullable Double mark) {
        return mark == null || (higherIsBetter ? ours >= mark : ours <= mark);
    }
}
