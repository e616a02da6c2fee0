package dev.sternpost.server.migration;

/**
 * Input of both kinds of move, as the task keeps it.
 *
 * @param targetHostId empty lets placement choose
 * @param planned whether a planner chose the target: then rules between VMs hold on the way too, not only at the end of a plan
 */
record MigrationInput(
        String vmId,
        String sourceHostId,
        String targetHostId,
        long downtimeLimitMillis,
        long bandwidthLimitBytesPerSecond,
        boolean planned) {}
