package dev.sternpost.sdk;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts: from 0.1 s doubling to 5 s, each shortened by up to a half so that clients spread out. */
final class Backoff {
    private static final long MILLIS_FIRST = 100;
    private static final long MILLIS_MAX = 5_000;

    private long millis = MILLIS_FIRST;

    /** An attempt went well; the next failure begins with the shortest pause again. */
    void reset() {
        millis = MILLIS_FIRST;
    }

    Duration next() {
        long pause = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
        millis = Math.min(millis * 2, MILLIS_MAX);
        return Duration.ofMillis(pause);
    }
}
