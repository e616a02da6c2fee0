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
import dev.sternpost.task.StepContext;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Sends the two hosts of a live migration what a step wants of them. */
final class MigrationOrders {
    private final Inventory inventory;
    private final HostCommands hosts;

    MigrationOrders(Inventory inventory, HostCommands hosts) {
        this.inventory = inventory;
        this.hosts = hosts;
    }

    CompletionStage<HostAnswer> toTarget(StepContext context, long generation, HostOperation operation) {
        HostId target = new HostId(LiveMigration.plan(context).targetHostId());
        return send(
                context,
                target,
                context.operationKey(),
                generation,
                operation,
                LiveMigration.BRIEF_TIMEOUT,
                progress -> {});
    }

    CompletionStage<HostAnswer> toSource(
            StepContext context, long generation, HostOperation operation, Duration timeout) {
        HostId source = new HostId(LiveMigration.input(context).sourceHostId());
        return send(context, source, context.operationKey(), generation, operation, timeout, progress -> {});
    }

    CompletionStage<HostAnswer> send(
            StepContext context,
            HostId hostId,
            String key,
            long generation,
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
                new VmLocation(snapshot.get(vm.datastoreId()).uuid(), vm.directory(), vm.vmxName()),
                operation);
        return hosts.send(hostId, command, timeout, progress);
    }
}
