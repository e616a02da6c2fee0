package dev.sternpost.task;

import java.time.Instant;
import java.util.Objects;

/**
 * The right of one runner (a server process) to drive the tasks that name it.
 *
 * @param runner name of the runner, stable over restarts of the same server
 * @param term rises each time the runner takes the lease anew, as at a restart
 * @param expireTime by the store's clock; appends of the runner hold only before it
 */
public record RunnerLease(String runner, long term, Instant expireTime) {
    public RunnerLease {
        if (runner.isBlank() || term < 1) {
            throw new IllegalArgumentException("runner '" + runner + "', term " + term);
        }
        Objects.requireNonNull(expireTime);
    }
}
