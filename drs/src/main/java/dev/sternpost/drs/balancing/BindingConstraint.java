package dev.sternpost.drs.balancing;

import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;

/**
 * What kept moves from being made that would have been worth it.
 *
 * @param pairs between how many pairs of hosts the best move was forbidden by this
 * @param vmId the VM of the most valuable such move
 * @param toHostId the host it would have gone to
 * @param gain what that would have gained beyond its cost, in average hosts
 */
public record BindingConstraint(Obstacle obstacle, int pairs, VirtualMachineId vmId, HostId toHostId, double gain) {}
