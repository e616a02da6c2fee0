package dev.sternpost.agent.ledger;

/**
 * That the files of a virtual machine are being moved to another datastore. Whether they have moved is what the lock in its old directory
 * says.
 *
 * @param moveId id of the move
 * @param datastoreUuid where to
 * @param directory relative to the root of that datastore
 */
public record MoveMark(String moveId, String datastoreUuid, String directory) {}
