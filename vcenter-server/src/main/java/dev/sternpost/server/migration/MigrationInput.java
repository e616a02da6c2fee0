package dev.sternpost.server.migration;

/**
 * Input of both kinds of move, as the task keeps it.
 *
 * @param targetHostId empty lets placement choose
 */
record MigrationInput(
        String vmId,
        String sourceHostId,
        String targetHostId,
        long downtimeLimitMillis,
        long bandwidthLimitBytesPerSecond) {}
