package dev.sternpost.ha.rehearsal;

import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;

/**
 * What would happen.
 *
 * @param starts in the order in which they would be ordered
 * @param stranded what would not start
 */
public record FailoverPlan(List<Start> starts, List<Stranded> stranded) {
    public FailoverPlan {
        starts = List.copyOf(starts);
        stranded = List.copyOf(stranded);
    }

    /**
     * One start.
     *
     * @param wave those of a wave wait until all of the one before are ready; counts from 1
     */
    public record Start(VirtualMachineId vmId, HostId from, HostId to, RestartPriority priority, int wave) {}

    /**
     * One that would not start.
     *
     * @param reason as a sentence
     */
    public record Stranded(VirtualMachineId vmId, HostId from, RestartPriority priority, String reason) {}
}
