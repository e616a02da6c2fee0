package dev.sternpost.server.migration;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.TaskFault;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a live migration writes into the inventory: the new owner, and what people are told of it. */
final class MigrationRecords {
    private final Inventory inventory;
    private final Observed observed;

    MigrationRecords(Inventory inventory, Observed observed) {
        this.inventory = inventory;
        this.observed = observed;
    }

    /** The last thing undone: the guest runs on at the source, and people learn why it did not move. */
    StepOutput tellTheEnd(StepContext context) {
        MigrationInput input = LiveMigration.input(context);
        TaskFault fault = context.task().summary().fault();
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = LiveMigration.vm(snapshot, input);
            String source = hostName(snapshot, input.sourceHostId());
            String message = fault == null
                    ? "The live migration of %s was cancelled; it stays on %s.".formatted(vm.name(), source)
                    : isElsewhere(fault)
                            ? "The live migration of %s failed. %s".formatted(vm.name(), fault.message())
                            : "The live migration of %s failed; it stays on %s. %s"
                                    .formatted(vm.name(), source, fault.message());
            EventType type = fault == null ? EventType.VM_MIGRATION_CANCELLED : EventType.VM_MIGRATION_FAILED;
            return InventoryWrite.builder()
                    .event(event(context, vm, type, message, vm.hostId()))
                    .build();
        });
        return StepOutput.NONE;
    }

    /** Hosts have started it again, and the record will follow when the task has ended. */
    private static boolean isElsewhere(TaskFault fault) {
        return fault.code().equals(FaultCode.VM_RUNS_ELSEWHERE.name());
    }

    /** The record follows the lock. */
    StepOutput flipOwner(StepContext context) {
        MigrationInput input = LiveMigration.input(context);
        LiveMigration.Plan plan = LiveMigration.plan(context);
        HostId target = new HostId(plan.targetHostId());
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = LiveMigration.vm(snapshot, input);
            return InventoryWrite.builder()
                    .put(withFiles(vm.withOwner(target, plan.nextGeneration()), input, plan))
                    .audit(new AuditDraft(
                            context.task().draft().userName(),
                            LiveMigration.PRIVILEGE,
                            vm.id(),
                            LiveMigration.migrationId(context)))
                    .build();
        });
        InventorySnapshot before = inventory.snapshot();
        long version = LiveMigration.vm(before, input).version() + 1;
        return StepOutput.of(
                Long.toString(version), "Owned by " + before.get(target).name());
    }

    private static VirtualMachine withFiles(VirtualMachine vm, MigrationInput input, LiveMigration.Plan plan) {
        MigrationInput.FilesAlong files = input.files();
        VmLocation place = plan.filesTo();
        return files == null || place == null
                ? vm
                : vm.withPlace(files.datastoreId(), place.directory())
                        .withConfig(vm.config().withDisks(files.disks(vm.config())));
    }

    /** The event of the whole, and the runtime as the target has it. */
    StepOutput tellTheOutcome(StepContext context) {
        String activated = context.output("activate-target");
        if (activated.isEmpty()) {
            tellTheLoss(context);
        } else {
            tellTheMove(context, Json.read(activated, LiveMigration.Activated.class));
        }
        return StepOutput.NONE.withResult(LiveMigration.input(context).vmId());
    }

    private void tellTheMove(StepContext context, LiveMigration.Activated activated) {
        MigrationView view = activated.view();
        long versionAfterFlip = Long.parseLong(context.output("flip-owner"));
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = LiveMigration.vm(snapshot, LiveMigration.input(context));
            HostId target = new HostId(view.targetHostId());
            boolean withFiles = LiveMigration.input(context).files() != null;
            String message = String.format(
                    Locale.ROOT,
                    "%s was migrated from %s to %s%s in %.1f s; its guest stood still for %.0f ms%s.",
                    vm.name(),
                    hostName(snapshot, view.sourceHostId()),
                    hostName(snapshot, view.targetHostId()),
                    withFiles
                            ? ", its files to " + snapshot.get(vm.datastoreId()).name() + ","
                            : "",
                    view.totalMillis() / 1000.0,
                    view.downtimeMillis(),
                    view.pauseMet() ? "" : ", longer than the %d ms allowed".formatted(view.downtimeLimitMillis()));
            InventoryWrite.Builder write =
                    InventoryWrite.builder().event(event(context, vm, EventType.VM_MIGRATED, message, target));
            VmRuntime runtime = runtime(activated.vm());
            // Whatever the target reported since is newer than its answer.
            boolean newest = vm.version() == versionAfterFlip && !observed.hasEnded(vm.id(), vm.generation());
            if (runtime != null && newest && !runtime.equals(vm.runtime())) {
                write.put(vm.withRuntime(runtime));
            }
            return write.build();
        });
    }

    private static @Nullable VmRuntime runtime(@Nullable VmObservation seen) {
        VmRuntime runtime = seen == null ? null : Observed.runtime(seen);
        return runtime != null && runtime.powerState() == PowerState.POWERED_ON ? runtime : null;
    }

    private void tellTheLoss(StepContext context) {
        TaskFault fault = context.task().summary().fault();
        String elsewhere = fault != null && isElsewhere(fault) ? fault.message() : "";
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = LiveMigration.vm(snapshot, LiveMigration.input(context));
            String target = snapshot.get(vm.hostId()).name();
            String message = elsewhere.isEmpty()
                    ? "%s ended during its live migration to %s: its shadow there died after the source had stopped. Power it on again."
                            .formatted(vm.name(), target)
                    : "%s did not survive its live migration to %s. %s".formatted(vm.name(), target, elsewhere);
            InventoryWrite.Builder write = InventoryWrite.builder()
                    .event(event(context, vm, EventType.VM_MIGRATION_FAILED, message, vm.hostId()));
            if (elsewhere.isEmpty() && vm.powerState() == PowerState.POWERED_ON) {
                write.put(vm.withRuntime(VmRuntime.OFF));
            }
            return write.build();
        });
    }

    private static EventDraft event(
            StepContext context, VirtualMachine vm, EventType type, String message, HostId host) {
        return EventDraft.about(vm, type, message)
                .onHost(host)
                .byUser(context.task().draft().userName())
                .byTask(LiveMigration.migrationId(context));
    }

    private static String hostName(InventorySnapshot snapshot, String hostId) {
        return snapshot.find(new HostId(hostId)).map(Host::name).orElse(hostId);
    }
}
