package dev.sternpost.ha.policy;

import java.util.Objects;

/**
 * When a virtual machine counts as up for those that wait for it.
 *
 * @param condition what must have happened
 * @param afterMillis how long ago
 */
public record Readiness(Condition condition, long afterMillis) {
    /** What must have happened. */
    public enum Condition {
        POWERED_ON,
        GUEST_HEARTBEAT
    }

    /** As soon as it runs. */
    public static final Readiness POWERED_ON = new Readiness(Condition.POWERED_ON, 0);

    public Readiness {
        Objects.requireNonNull(condition, "condition");
        if (afterMillis < 0) {
            throw new IllegalArgumentException("ready before it happened: " + afterMillis);
        }
    }
}
