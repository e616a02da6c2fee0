package dev.sternpost.sso.login;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows guessing down without letting a stranger lock the owner out: five failures within 180 s lock a name for 300 s for
 * the address they came from, whether or not somebody has that name. Who guesses from many addresses is stopped by a
 * second brake: fifty failures for a name lock it for every address that has not logged in to it before. Who tries many names from
 * one address is stopped by a third: thirty failures from an address lock it for every name that has not logged in from there.
 *
 * <p>Held in memory: a restart of the server forgives. Bounded: beyond {@link #ENTRIES_MAX} entries the one that was used
 * longest ago is forgotten, and to bring so many here an attacker pays for so many slow hashes, which takes longer than a
 * lock lasts.
 */
final class LoginBrake {
    static final int FAILURES_MAX = 5;
    static final int FAILURES_EVERYWHERE_MAX = 50;
    static final int FAILURES_OF_ADDRESS_MAX = 30;
    static final Duration WINDOW = Duration.ofSeconds(180);
    static final Duration LOCK = Duration.ofSeconds(300);
    static final int ENTRIES_MAX = 10_000;

    /**
     * @param name null: all names together
     * @param source null: all addresses together
     */
    private record Key(@Nullable String name, @Nullable String source) {}

    private static final class Failures {
        final Deque<Instant> times = new ArrayDeque<>(FAILURES_MAX);

        @Nullable
        Instant lockedUntil;
    }

    /** In order of use, oldest first. */
    private final Map<Key, Failures> failures = new Recent<>();

    /** Addresses that the right password came from. */
    private final Map<Key, Boolean> known = new Recent<>();

    /** How long the name is still locked for an address; zero when it is not. */
    synchronized Duration lockedFor(String name, String source, Instant now) {
        Duration here = left(new Key(name, source), now);
        if (here.isPositive() || known.containsKey(new Key(name, source))) {
            return here;
        }
        Duration everywhere = left(new Key(name, null), now);
        return everywhere.isPositive() ? everywhere : left(new Key(null, source), now);
    }

    /** Whether the right password for the name has come from the address before. */
    synchronized boolean isKnown(String name, String source) {
        return known.containsKey(new Key(name, source));
    }

    private Duration left(Key key, Instant now) {
        Failures entry = failures.get(key);
        if (entry == null || entry.lockedUntil == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, entry.lockedUntil);
        if (left.isPositive()) {
            return left;
        }
        failures.remove(key);
        return Duration.ZERO;
    }

    /** Counts a failure; true when this one locks the name, for the address at least, or the address. */
    synchronized boolean failed(String name, String source, Instant now) {
        boolean everywhere = count(new Key(name, null), FAILURES_EVERYWHERE_MAX, now);
        boolean address = count(new Key(null, source), FAILURES_OF_ADDRESS_MAX, now);
        return count(new Key(name, source), FAILURES_MAX, now) || everywhere || address;
    }

    private boolean count(Key key, int max, Instant now) {
        Failures entry = failures.computeIfAbsent(key, absent -> new Failures());
        Instant begin = now.minus(WINDOW);
        while (!entry.times.isEmpty() && entry.times.getFirst().isBefore(begin)) {
            entry.times.removeFirst();
        }
        entry.times.addLast(now);
        if (entry.times.size() < max) {
            return false;
        }
        entry.times.clear();
        entry.lockedUntil = now.plus(LOCK);
        return true;
    }

    /** The right password was given. It forgives this address alone: others may be guessing meanwhile. */
    synchronized void succeeded(String name, String source) {
        Key key = new Key(name, source);
        failures.remove(key);
        known.put(key, true);
    }

    /** Forgets what was used longest ago. */
    private static final class Recent<V> extends LinkedHashMap<Key, V> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, V> eldest) {
            return size() > ENTRIES_MAX;
        }
    }
}
