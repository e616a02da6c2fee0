package dev.sternpost.sso.login;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows guessing down: five failures within 180 s lock a name for 300 s, whether or not somebody has that name.
 *
 * <p>Held in memory: a restart of the server forgives. Bounded: beyond {@link #NAMES_MAX} names the one that failed
 * longest ago is forgotten, and to bring so many names here an attacker pays for so many slow hashes, which takes
 * longer than a lock lasts.
 */
final class LoginBrake {
    static final int FAILURES_MAX = 5;
    static final Duration WINDOW = Duration.ofSeconds(180);
    static final Duration LOCK = Duration.ofSeconds(300);
    static final int NAMES_MAX = 10_000;

    private static final class Failures {
        final Deque<Instant> times = new ArrayDeque<>(FAILURES_MAX);

        @Nullable
        Instant lockedUntil;
    }

    /** In order of the last failure, oldest first. */
    private final Map<String, Failures> names = new LinkedHashMap<>(16, 0.75f, true);

    /** How long the name is still locked; zero when it is not. */
    synchronized Duration lockedFor(String name, Instant now) {
        Failures failures = names.get(name);
        if (failures == null || failures.lockedUntil == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, failures.lockedUntil);
        if (left.isPositive()) {
            return left;
        }
        names.remove(name);
        return Duration.ZERO;
    }

    /** Counts a failure; true when this one locks the name. */
    synchronized boolean failed(String name, Instant now) {
        Failures failures = names.computeIfAbsent(name, key -> new Failures());
        forgetOldest();
        Instant begin = now.minus(WINDOW);
        while (!failures.times.isEmpty() && failures.times.getFirst().isBefore(begin)) {
            failures.times.removeFirst();
        }
        failures.times.addLast(now);
        if (failures.times.size() < FAILURES_MAX) {
            return false;
        }
        failures.times.clear();
        failures.lockedUntil = now.plus(LOCK);
        return true;
    }

    /** The right password was given. */
    synchronized void succeeded(String name) {
        names.remove(name);
    }

    private void forgetOldest() {
        if (names.size() > NAMES_MAX) {
            var oldest = names.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
