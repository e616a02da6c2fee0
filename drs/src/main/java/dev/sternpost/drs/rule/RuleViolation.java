package dev.sternpost.drs.rule;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;

/**
 * A rule that is broken now.
 *
 * @param mandatory whether it is one that our own moves never break
 * @param vmIds the VMs that break it, in the order of ids
 * @param explanation where they are, in words
 */
public record RuleViolation(String ruleName, boolean mandatory, List<VirtualMachineId> vmIds, String explanation) {
    public RuleViolation {
        vmIds = List.copyOf(vmIds);
    }
}
