package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Moves a running VM and its files at once, between hosts that need share no datastore. The steps are those of {@link LiveMigration}, with these
 * about its files:
 *
 * <ol>
 *   <li>{@code receive-files}, before anything is sent: the target makes a directory and expects files from the source. Undone by deleting it.
 *   <li>{@code send-files}: the source sends configuration and logs, from which the target knows what shadow to start.
 *   <li>{@code start-precopy} and {@code await-convergence} copy disks first, then memory; what the guest writes meanwhile goes to both sides.
 *   <li>{@code switch-over}: when the guest stands still and its disks are equal, the source turns its lock into a sign that says where the VM has
 *       gone. Point of no return. The target, which does not see that sign, lets the guest run on the source's or this server's word only.
 *   <li>{@code flip-owner}: the record follows, host and place at once.
 *   <li>{@code remove-old-files}, when the source has been released. A source that is away is waited for: nobody else sees them.
 * </ol>
 */
public final class MigrationWithFiles {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.migrateWithFiles";

    private final LiveMigration live;

    public MigrationWithFiles(LiveMigration live) {
        this.live = live;
    }

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("reserve-target", live::reserveTarget).withLocalUndo(live.records()::tellTheEnd),
                Step.remote("receive-files", this::receiveFiles)
                        .withRemoteUndo(live::abortTarget)
                        .withUndoOptional()
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("send-files", this::sendFiles)
                        .withTimeout(VmOrders.DISK_WORK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("prepare-target", live::prepareTarget)
                        .withRemoteUndo(live::abortTarget)
                        .withUndoOptional()
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("start-precopy", live::startPrecopy)
                        .withRemoteUndo(live::cancelSource)
                        .withUndoOptional()
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("await-convergence", live::awaitConvergence)
                        .withTimeout(StorageMove.COPY_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(LiveMigration.COPY_WEIGHT),
                Step.remote("switch-over", live::switchOver)
                        .withTimeout(LiveMigration.SWITCH_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT)
                        .withWeight(2)
                        .asPointOfNoReturn(),
                Step.local("flip-owner", live.records()::flipOwner),
                Step.remote("activate-target", live::activateTarget)
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT),
                Step.remote("announce", live::announce)
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .asOptional(),
                Step.remote("release-source", live::releaseSource)
                        .withTimeout(LiveMigration.BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT),
                Step.remote("remove-old-files", this::removeOldFiles)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT),
                Step.local("release-reservation", live.records()::tellTheOutcome));
    }

    private CompletionStage<StepOutput> receiveFiles(StepContext context) {
        LiveMigration.Plan plan = LiveMigration.plan(context);
        HostOperation operation = new HostOperation.ReceiveFiles(
                LiveMigration.migrationId(context),
                plan.ticket(),
                new HostId(LiveMigration.input(context).sourceHostId()),
                plan.nextGeneration());
        return live.orders()
                .toTarget(context, plan.generation(), operation)
                .thenApply(answer -> StepOutput.said("Directory made at the target"));
    }

    private CompletionStage<StepOutput> sendFiles(StepContext context) {
        LiveMigration.Plan plan = LiveMigration.plan(context);
        HostOperation operation = new HostOperation.SendFiles(
                LiveMigration.migrationId(context),
                plan.ticket(),
                new HostId(plan.targetHostId()),
                plan.relayAddress(),
                target(plan),
                plan.nextGeneration(),
                LiveMigration.input(context).bandwidthLimitBytesPerSecond());
        return live.orders()
                .toSource(context, plan.generation(), operation, VmOrders.DISK_WORK)
                .thenApply(answer -> StepOutput.said("Configuration is at the target"));
    }

    private CompletionStage<StepOutput> removeOldFiles(StepContext context) {
        LiveMigration.Plan plan = LiveMigration.plan(context);
        HostOperation operation = new HostOperation.RemoveMovedFiles(plan.filesFrom(), target(plan));
        return live.orders()
                .toSource(context, plan.nextGeneration(), operation, VmOrders.QUICK)
                .thenApply(answer -> StepOutput.said("Old files deleted"));
    }

    private static VmLocation target(LiveMigration.Plan plan) {
        return Objects.requireNonNull(plan.filesTo(), "a move of files goes somewhere");
    }
}
