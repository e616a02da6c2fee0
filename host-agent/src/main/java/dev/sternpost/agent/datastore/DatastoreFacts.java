package dev.sternpost.agent.datastore;

/**
 * A datastore as this host sees it now.
 *
 * @param uuid UUID stored at its root; empty when it was never accessible
 * @param name name the host's configuration gives it
 * @param capacityBytes size of the file system; 0 when not accessible
 * @param freeBytes bytes free for virtual machines; 0 when not accessible
 * @param accessible whether it can be read and written now
 * @param complaint why not; empty otherwise
 */
public record DatastoreFacts(
        String uuid, String name, long capacityBytes, long freeBytes, boolean accessible, String complaint) {}
