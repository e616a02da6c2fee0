package dev.sternpost.agent.vmdirectory;

import java.nio.file.Path;

/**
 * A virtual machine as its directory has it.
 *
 * @param directory absolute
 * @param vmxName base name of its files
 * @param shape what the configuration file says, with the bytes really taken by its disks
 */
public record StoredVm(Path directory, String vmxName, VmShape shape) {}
