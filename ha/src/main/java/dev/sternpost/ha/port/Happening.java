package dev.sternpost.ha.port;

import java.util.Objects;

/**
 * Something an administrator may want to know; becomes an event.
 *
 * @param words one line, without the host that says it
 */
public record Happening(Kind kind, String words) {
    /** What kind of thing happened. */
    public enum Kind {
        LEASE_LOST,
        LEASE_BACK,
        FENCED,
        COORDINATOR_ELECTED,
        COORDINATOR_GONE,
        HOST_VERDICT,
        RESTART_WANTED,
        RESTART_ORDERED,
        RESTART_FAILED,
        RESTART_COMPLETE,
        /** Somebody switched it off meanwhile: nothing was started. */
        RESTART_DROPPED,
        ISOLATED,
        ISOLATION_OVER,
        VM_STARTED,
        VM_STOPPED,
        VM_RELEASED,
        VM_LEFT,
        /** A member, or the datastore, gave a number that cannot be: it was not gone by. */
        NUMBER_REFUSED
    }

    public Happening {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(words, "words");
    }
}
