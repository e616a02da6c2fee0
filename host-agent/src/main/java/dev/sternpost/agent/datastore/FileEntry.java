package dev.sternpost.agent.datastore;

/**
 * One entry of a directory of a datastore.
 *
 * @param path relative to the root of the datastore
 * @param directory whether it is a directory
 * @param sizeBytes length; 0 for directories and links
 * @param allocatedBytes bytes really taken
 */
public record FileEntry(String path, boolean directory, long sizeBytes, long allocatedBytes) {}
