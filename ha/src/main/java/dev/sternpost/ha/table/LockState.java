package dev.sternpost.ha.table;

import dev.sternpost.inventory.HostId;
import java.util.Objects;

/** Whom the lock of a virtual machine names. It changes only by compare-and-set, and its generation only rises. */
public sealed interface LockState {
    /** Nothing is started under a higher generation: what comes after must still be a number. */
    long GENERATION_MAX = 1L << 60;

    /** No lock: the virtual machine is off because somebody wanted that, and nobody starts it by himself. */
    record Absent() implements LockState {
        @Override
        public long generation() {
            return 0;
        }

        @Override
        public String toString() {
            return "no lock";
        }
    }

    /** This host alone may run it. */
    record Held(HostId hostId, long generation) implements LockState {
        public Held {
            Objects.requireNonNull(hostId, "hostId");
        }

        @Override
        public String toString() {
            return hostId + "@" + generation;
        }
    }

    /** Stopped, though nobody wanted it to be off: any host may be told to take it. */
    record Released(long generation) implements LockState {
        @Override
        public String toString() {
            return "free@" + generation;
        }
    }

    long generation();

    /** Whether another generation can follow. */
    default boolean mayRise() {
        return generation() < GENERATION_MAX;
    }

    /** The same, when a generation can be such: what was started under the highest may be released and taken a few times more. */
    static long plausible(long generation) {
        if (generation < 0 || generation > GENERATION_MAX + 1_000) {
            throw new IllegalArgumentException("no generation: " + generation);
        }
        return generation;
    }

    /** As it is written in messages. */
    default String encoded() {
        return switch (this) {
            case Absent ignored -> "-";
            case Held held -> held.hostId() + "@" + held.generation();
            case Released released -> "@" + released.generation();
        };
    }

    /**
     * What {@link #encoded()} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static LockState parse(String text) {
        if (text.equals("-")) {
            return new Absent();
        }
        int at = text.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("not a lock: " + text);
        }
        long generation = plausible(Long.parseLong(text.substring(at + 1)));
        return at == 0 ? new Released(generation) : new Held(new HostId(text.substring(0, at)), generation);
    }
}
