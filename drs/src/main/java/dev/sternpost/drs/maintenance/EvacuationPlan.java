package dev.sternpost.drs.maintenance;

import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;

/**
 * How a host can be emptied.
 *
 * @param hostId the host
 * @param moves live migrations in the order in which they are to begin
 * @param registrations VMs that do not run and are registered elsewhere, in the order of ids
 * @param blocked VMs that cannot leave
 * @param etaSeconds how long the migrations take together, as predicted
 */
public record EvacuationPlan(
        HostId hostId, List<Move> moves, List<VmMove> registrations, List<BlockedVm> blocked, double etaSeconds) {

    public EvacuationPlan {
        moves = List.copyOf(moves);
        registrations = List.copyOf(registrations);
        blocked = List.copyOf(blocked);
    }

    /**
     * One live migration.
     *
     * @param makesRoom whether it moves a VM of another host out of the way
     * @param startSeconds when it begins, from the beginning of the evacuation, as predicted
     * @param endSeconds when it ends, as predicted
     */
    public record Move(VmMove move, boolean makesRoom, double startSeconds, double endSeconds) {}

    /**
     * A VM that cannot leave.
     *
     * @param reason why, with the reasons of each host
     * @param remedy what to do about it
     */
    public record BlockedVm(VirtualMachineId vmId, String reason, String remedy) {}

    /** Whether nothing that runs would be left. */
    public boolean complete() {
        return blocked.isEmpty();
    }
}
