package dev.sternpost.server.drs;

import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.migration.Lanes;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns recommendations into tasks: each move is an ordinary migration, asked for by load balancing or by a person. */
final class MoveOrders {
    /** Who asks for what is done without a person. */
    static final String USER_NAME = "drs";

    private final Inventory inventory;
    private final Migrations migrations;
    private final Tasks tasks;

    MoveOrders(Inventory inventory, Migrations migrations, Tasks tasks) {
        this.inventory = inventory;
        this.migrations = migrations;
        this.tasks = tasks;
    }

    /** What hosts have to do now. */
    Lanes lanes() {
        return new Lanes(migrations.underWay());
    }

    /** Whether a recommendation can begin now: nobody else works on its VMs, the hosts are not busy moving, no rule is in the way. */
    boolean canBegin(Advice advice, Lanes lanes) {
        List<VmMove> moves = advice.recommendation().moves();
        return moves.stream().limit(1).allMatch(move -> migrations.mayBegin(move.vmId(), move.toHostId()))
                && moves.stream()
                        .allMatch(move ->
                                !tasks.isBusy(move.vmId().value()) && lanes.free(move.fromHostId(), move.toHostId()));
    }

    /**
     * Files the tasks of a recommendation. What is refused is told, and what was filed before goes on. A move that must wait for an
     * earlier one is left to the pass that follows the end of that one.
     */
    Advice apply(String userName, Advice advice, Lanes lanes) {
        Map<VirtualMachineId, String> filed = new LinkedHashMap<>();
        for (VmMove move : advice.recommendation().moves()) {
            if (!filed.isEmpty() && !migrations.mayBegin(move.vmId(), move.toHostId())) {
                break;
            }
            try {
                requireStillThere(move);
                TaskView task = migrations.migratePlanned(
                        new Caller(userName, advice.id() + "-" + move.vmId().value()), move.vmId(), move.toHostId());
                filed.put(move.vmId(), task.task().id().toString());
                lanes.take(move.fromHostId(), move.toHostId());
                tell(userName, advice, move, task);
            } catch (FaultException e) {
                return advice.failed(filed, e.fault().message());
            }
        }
        return advice.applied(filed);
    }

    private void requireStillThere(VmMove move) {
        VirtualMachine vm = inventory.snapshot().get(move.vmId());
        if (!vm.hostId().equals(move.fromHostId()) || vm.powerState() != PowerState.POWERED_ON) {
            throw Advices.expired("%s has moved or stopped since it was recommended.".formatted(vm.name()));
        }
    }

    private void tell(String userName, Advice advice, VmMove move, TaskView task) {
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(move.vmId());
            String reason = PlannedRules.named(snapshot, advice.recommendation().reason());
            return InventoryWrite.builder()
                    .event(EventDraft.about(
                                    vm,
                                    EventType.DRS_RECOMMENDATION_APPLIED,
                                    "%s is moved to %s as %s recommends: %s."
                                            .formatted(
                                                    vm.name(),
                                                    snapshot.get(move.toHostId())
                                                            .name(),
                                                    advice.id(),
                                                    reason))
                            .onHost(move.toHostId())
                            .byUser(userName)
                            .byTask(task.task().id().toString()))
                    .build();
        });
    }

    /** Every VM that one of these moves. */
    static List<VirtualMachineId> vmsOf(Advice advice) {
        return advice.recommendation().moves().stream().map(VmMove::vmId).toList();
    }
}
