package dev.sternpost.ha.policy;

/**
 * How restarts are paced.
 *
 * @param perHostMax starts that one host has in hand at the same time
 * @param orderTimeoutMillis another host is tried when one has not answered for so long
 * @param backOffMillisMin pause after the first failure; doubles with each
 * @param backOffMillisMax longest pause; a virtual machine is never given up
 * @param avoidMillis how long a host that failed with a virtual machine is not tried with it again, if there is another
 * @param priorityWaitMillis longest time that lower priorities wait for higher ones
 */
public record RestartSettings(
        int perHostMax,
        long orderTimeoutMillis,
        long backOffMillisMin,
        long backOffMillisMax,
        long avoidMillis,
        long priorityWaitMillis) {
    /** As the field has it: batches of 32. */
    public static final RestartSettings DEFAULT = new RestartSettings(32, 10_000, 1_000, 30_000, 60_000, 120_000);

    public RestartSettings {
        if (perHostMax < 1
                || orderTimeoutMillis < 1
                || backOffMillisMin < 1
                || backOffMillisMax < backOffMillisMin
                || avoidMillis < 0
                || priorityWaitMillis < 0) {
            throw new IllegalArgumentException("restarts cannot be paced like that");
        }
    }
}
