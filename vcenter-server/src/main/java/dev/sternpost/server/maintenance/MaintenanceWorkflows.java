package dev.sternpost.server.maintenance;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Enter maintenance mode, in this order, so that nothing comes to the host while it is emptied:
 *
 * <ol>
 *   <li>begin: the host takes no VM any more; taken back when the task fails or is cancelled
 *   <li>evacuate: waits until nothing that runs is left; VMs are moved by {@link Evacuations}
 *   <li>enter: the host is in maintenance mode
 * </ol>
 *
 * Leave it: the host is in use again at once. Bringing back the VMs that left is a task of its own, which can be cancelled.
 */
public final class MaintenanceWorkflows {
    /** Kind of the task that empties a host. */
    public static final String ENTER = "Host.enterMaintenance";

    /** Kind of the task that brings a host back. */
    public static final String EXIT = "Host.exitMaintenance";

    /** Kind of the task that brings back the VMs that left a host. */
    public static final String RESTORE = "Host.restoreVms";

    static final String EVACUATE = "evacuate";
    static final String BRING_BACK = "bring-back";

    private static final Duration EVACUATION_MAX = Duration.ofHours(24);
    private static final Duration RESTORE_MAX = Duration.ofHours(6);
    private static final int WEIGHT = 20;

    /** VMs that progress tells by name. */
    private static final int NAMES_MAX = 5;

    private final Inventory inventory;
    private final Placements placements;
    private final EvacuationLedger ledger;

    MaintenanceWorkflows(Inventory inventory, Placements placements, EvacuationLedger ledger) {
        this.inventory = inventory;
        this.placements = placements;
        this.ledger = ledger;
    }

    HostEmptying emptying() {
        return new HostEmptying(
                Step.await(EVACUATE, EVACUATION_MAX, this::isEmpty).withWeight(WEIGHT));
    }

    List<Workflow> all() {
        return List.of(
                new Workflow(
                        ENTER,
                        Step.local("begin", this::begin).withLocalUndo(this::takeBack),
                        emptying().step(),
                        Step.local("enter", this::enter)),
                new Workflow(EXIT, Step.local("exit", this::exit)),
                new Workflow(RESTORE, Step.await(BRING_BACK, RESTORE_MAX, this::isRestored)));
    }

    /** Remembers the mode before. */
    private StepOutput begin(StepContext context) {
        HostMode before =
                inventory.snapshot().get(new HostId(input(context).hostId())).mode();
        // No choice of this host is left without a promise that the next step sees.
        placements.undisturbed(() -> {
            change(
                    context,
                    HostMode.ENTERING_MAINTENANCE,
                    EventType.HOST_ENTERING_MAINTENANCE,
                    "%s is entering maintenance mode.");
            return true;
        });
        return StepOutput.of(before.name());
    }

    private StepOutput takeBack(StepContext context) {
        HostMode before = HostMode.valueOf(context.output("begin"));
        change(
                context,
                before,
                EventType.HOST_MAINTENANCE_GIVEN_UP,
                "%s does not enter maintenance mode after all, and is " + before.words() + " again.");
        return StepOutput.NONE;
    }

    /** Only VMs that run stand in the way; those that do not may stay registered. */
    private Optional<StepOutput> isEmpty(StepContext context) {
        MaintenanceInput input = input(context);
        // Before the inventory is looked at: a promise that is kept between the two is a VM that the second look sees.
        boolean awaited = placements.isPromised(new HostId(input.hostId()));
        InventorySnapshot snapshot = inventory.snapshot();
        List<String> left = Evacuations.left(snapshot, input);
        int all = Math.max(1, input.vmIds().size());
        if (left.isEmpty() && !awaited) {
            return Optional.of(StepOutput.said("Nothing is left to move"));
        }
        Optional<TaskFault> trouble = ledger.trouble(context.task().id().toString());
        if (trouble.isPresent()) {
            throw StepFailure.refused(trouble.get());
        }
        if (left.isEmpty()) {
            context.progress()
                    .accept(new StepProgress(0, "a virtual machine is still on its way here; it leaves at once", ""));
            return Optional.empty();
        }
        int percent = Math.clamp(100L * (all - left.size()) / all, 0, 99);
        boolean paused = snapshot.get(new HostId(input.hostId())).mode() == HostMode.MAINTENANCE_PAUSED;
        String detail = "%d of %d still there: %s%s"
                .formatted(
                        left.size(),
                        all,
                        left.stream().limit(NAMES_MAX).collect(Collectors.joining(", "))
                                + (left.size() > NAMES_MAX ? " …" : ""),
                        paused ? "; paused" : "");
        context.progress().accept(new StepProgress(percent, detail, ""));
        return Optional.empty();
    }

    private StepOutput enter(StepContext context) {
        change(
                context,
                HostMode.MAINTENANCE,
                EventType.HOST_ENTERED_MAINTENANCE,
                "%s is in maintenance mode; nothing runs there.");
        return StepOutput.NONE;
    }

    private StepOutput exit(StepContext context) {
        change(context, HostMode.NORMAL, EventType.HOST_EXITED_MAINTENANCE, "%s is out of maintenance mode.");
        return StepOutput.NONE;
    }

    private Optional<StepOutput> isRestored(StepContext context) {
        MaintenanceInput input = input(context);
        Optional<TaskFault> trouble = ledger.trouble(context.task().id().toString());
        if (trouble.isPresent()) {
            throw StepFailure.refused(trouble.get());
        }
        boolean done =
                input.vmIds().isEmpty() || ledger.isRestored(context.task().id().toString());
        return done ? Optional.of(StepOutput.NONE) : Optional.empty();
    }

    private void change(StepContext context, HostMode mode, EventType type, String message) {
        HostId id = new HostId(input(context).hostId());
        String userName = context.task().draft().userName();
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            return host.mode() == mode
                    ? InventoryWrite.NOTHING
                    : InventoryWrite.builder()
                            .put(host.withMode(mode))
                            .event(EventDraft.about(host, type, message.formatted(host.name()))
                                    .onHost(id)
                                    .byUser(userName)
                                    .byTask(context.task().id().toString()))
                            .audit(new AuditDraft(
                                    userName,
                                    "Host.Config.Maintenance",
                                    id,
                                    context.task().id().toString()))
                            .build();
        });
    }

    private static MaintenanceInput input(StepContext context) {
        return Json.read(context.input(), MaintenanceInput.class);
    }
}
