package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.task.StepContext;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends the two hosts of a live migration what a step wants of them. */
final class MigrationOrders {
    private final Inventory inventory;
    private final HostCommands hosts;

    MigrationOrders(Inventory inventory, HostCommands hosts) {
        this.inventory = inventory;
        this.hosts = hosts;
    }

    CompletionStage<HostAnswer> toTarget(StepContext context, long generation, HostOperation operation) {
        LiveMigration.Plan plan = LiveMigration.plan(context);
        HostId target = new HostId(plan.targetHostId());
        return send(
                context,
                target,
                context.operationKey(),
                generation,
                plan.filesTo(),
                operation,
                LiveMigration.BRIEF_TIMEOUT,
                progress -> {});
    }

    CompletionStage<HostAnswer> toSource(
            StepContext context, long generation, HostOperation operation, Duration timeout) {
        HostId source = new HostId(LiveMigration.input(context).sourceHostId());
        return send(context, source, context.operationKey(), generation, null, operation, timeout, progress -> {});
    }

    /** @param location where its files are for that host; null for where the record says */
    CompletionStage<HostAnswer> send(
            StepContext context,
            HostId hostId,
            String key,
            long generation,
            @Nullable VmLocation location,
            HostOperation operation,
            Duration timeout,
            Consumer<HostProgress> progress) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = LiveMigration.vm(snapshot, LiveMigration.input(context));
        HostCommand command = new HostCommand(
                key,
                context.task().id().toString(),
                context.epoch(),
                vm.id(),
                generation,
                location == null ? VmOrders.locationOf(snapshot, vm) : location,
                operation);
        return hosts.send(hostId, command, timeout, progress);
    }
}
