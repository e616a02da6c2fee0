package dev.sternpost.server.migration;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.Observed;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.vmotion.phase.MigrationPhase;
import java.util.concurrent.CompletionException;

/** What becomes of the switch-over of a source that has failed, and will not tell how far it came. */
final class LostSource {
    private final Inventory inventory;
    private final Observed observed;

    LostSource(Inventory inventory, Observed observed) {
        this.inventory = inventory;
        this.observed = observed;
    }

    /** When the target runs the guest that the source had, and not one that was started again, the source had given it away. */
    StepOutput answer(StepContext context, LiveMigration.Plan plan, Throwable error) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = LiveMigration.vm(snapshot, LiveMigration.input(context));
        boolean arrived = MigrationAnswers.is(error, FaultCode.VM_RUNS_ELSEWHERE)
                && observed.elsewhere(vm.id())
                        .filter(there -> there.hostId().value().equals(plan.targetHostId())
                                && there.vm().generation() == plan.nextGeneration()
                                && there.vm().bootTime() != null
                                && there.vm().bootTime().equals(vm.runtime().bootTime()))
                        .isPresent();
        if (!arrived) {
            throw new CompletionException(MigrationAnswers.cause(error));
        }
        return StepOutput.of(
                context.output("await-convergence"),
                MigrationPhase.SWITCHOVER.title() + "; the source has failed since");
    }
}
