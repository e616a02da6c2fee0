package dev.sternpost.drs.recommendation;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;

/** A running VM goes from one host to another. */
public record VmMove(VirtualMachineId vmId, HostId fromHostId, HostId toHostId) {}
