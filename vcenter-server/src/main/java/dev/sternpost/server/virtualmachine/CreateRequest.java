package dev.sternpost.server.virtualmachine;

/**
 * A VM that is wanted; references are ids, inventory paths or unique names.
 *
 * @param folder empty for the vm folder of the only datacenter
 * @param compute cluster, host or resource pool; empty for the only cluster
 * @param datastore empty picks the accessible one with most space
 * @param template empty for a VM with empty disks
 */
public record CreateRequest(
        String name,
        String folder,
        String compute,
        String datastore,
        String template,
        ConfigWish config,
        boolean powerOn) {}
