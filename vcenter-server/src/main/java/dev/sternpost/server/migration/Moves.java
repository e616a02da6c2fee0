package dev.sternpost.server.migration;

/**
 * All ways to have VMs moved.
 *
 * @param hosts to other hosts, with their files or without
 * @param storage to other datastores, on the same host
 * @param many many of them as one job
 */
public record Moves(Migrations hosts, StorageMoves storage, ManyMoves many) {}
