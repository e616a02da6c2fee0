package dev.sternpost.task;

import java.time.Duration;

/**
 * How often a step is tried and how long to wait in between: {@code delayFirst}, doubled each time, at most
 * {@code delayMax}.
 *
 * @param attemptsMax at least 1; attempts before a restart of the runner count
 */
public record RetryPolicy(int attemptsMax, Duration delayFirst, Duration delayMax) {
    /** One attempt. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    /** Five attempts within a few seconds. */
    public static final RetryPolicy BRIEF = new RetryPolicy(5, Duration.ofMillis(100), Duration.ofSeconds(2));

    /** About ten minutes. */
    public static final RetryPolicy PATIENT = new RetryPolicy(64, Duration.ofMillis(500), Duration.ofSeconds(10));

    private static final int DOUBLINGS_MAX = 30;

    public RetryPolicy {
        if (attemptsMax < 1 || delayFirst.isNegative() || delayMax.compareTo(delayFirst) < 0) {
            throw new IllegalArgumentException(attemptsMax + " attempts, " + delayFirst + " to " + delayMax);
        }
    }

    /** How long to wait after that many failed attempts, 1 or more. */
    public Duration delayAfter(int failures) {
        Duration delay = delayFirst.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS_MAX));
        return delay.compareTo(delayMax) < 0 ? delay : delayMax;
    }
}
