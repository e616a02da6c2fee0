package dev.sternpost.drs.recommendation;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;

/**
 * Something that should be put right and cannot be.
 *
 * @param vmIds the VMs it is about, in the order of ids
 * @param explanation what and why, with the reasons of each host and what to do
 */
public record Problem(Cause cause, List<VirtualMachineId> vmIds, String explanation) {
    public Problem {
        vmIds = vmIds.stream().sorted().toList();
    }
}
