package dev.sternpost.agent.operation;

/**
 * Who brings to an end what was cut short.
 *
 * @param source of a live migration, at its source
 * @param storage of a move to another datastore
 * @param arrivals of what came with its files
 * @param departures of what was to leave with its files, and does not run
 */
record Settlements(
        SourceSettlement source, StorageSettlement storage, Arrivals arrivals, DepartureOperations departures) {}
