package dev.sternpost.fleet.host;

/**
 * Where a virtual machine's directory lies.
 *
 * @param datastoreUuid UUID of the datastore
 * @param directory relative to its root
 */
record Place(String datastoreUuid, String directory) {}
