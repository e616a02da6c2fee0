package dev.sternpost.drs.placement;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;

/**
 * Hosts for several VMs at once.
 *
 * @param placements in the order in which they were decided; each counts on those before it
 */
public record BatchPlacement(List<VmPlacement> placements) {
    public BatchPlacement {
        placements = List.copyOf(placements);
    }

    /** What was found for one VM. */
    public record VmPlacement(VirtualMachineId vmId, Placement placement) {}

    /** How many found a host. */
    public int placed() {
        return (int) placements.stream()
                .filter(each -> each.placement() instanceof Placement.Placed)
                .count();
    }
}
