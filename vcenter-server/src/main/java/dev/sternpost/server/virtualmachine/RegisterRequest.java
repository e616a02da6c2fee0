package dev.sternpost.server.virtualmachine;

/**
 * A VM directory that is to become a VM of the inventory.
 *
 * @param directory relative to the root of the datastore
 * @param folder empty for the vm folder of the only datacenter
 * @param compute cluster or host; empty for the only cluster
 * @param name empty takes the one in the .vmx file
 * @param template whether it becomes a template
 */
public record RegisterRequest(
        String datastore, String directory, String folder, String compute, String name, boolean template) {}
