package dev.sternpost.agent.operation;

/**
 * Where a virtual machine's directory lies.
 *
 * @param datastoreUuid UUID of the datastore
 * @param directory relative to the datastore's root
 */
public record VmPlace(String datastoreUuid, String directory) {}
