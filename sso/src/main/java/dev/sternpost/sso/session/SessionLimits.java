package dev.sternpost.sso.session;

import java.time.Duration;

/**
 * How long a session lasts.
 *
 * @param idle it ends when unused for this long
 * @param absolute it ends this long after the password was given, used or not, renewed or not
 * @param perUserMax sessions one user can have at once
 */
public record SessionLimits(Duration idle, Duration absolute, int perUserMax) {
    /** 30 minutes idle, 12 hours in all, 500 for a user. */
    public static final SessionLimits DEFAULT = new SessionLimits(Duration.ofMinutes(30), Duration.ofHours(12), 500);

    public SessionLimits {
        if (!idle.isPositive() || absolute.compareTo(idle) < 0 || perUserMax < 1) {
            throw new IllegalArgumentException(
                    "sessions need an idle time, an absolute time at least as long, and room");
        }
    }
}
