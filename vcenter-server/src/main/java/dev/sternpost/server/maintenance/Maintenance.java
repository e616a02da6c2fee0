package dev.sternpost.server.maintenance;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Takes hosts out of use and back. Every method throws {@link FaultException} with the codes of the contract. */
public final class Maintenance {
    /** How many of a host's last tasks are looked through for the one that emptied it. */
    private static final int TASKS_SEARCHED = 200;

    private final Inventory inventory;
    private final EvacuationPlans plans;
    private final Tasks tasks;
    private final Placements placements;

    Maintenance(Inventory inventory, EvacuationPlans plans, Tasks tasks, Placements placements) {
        this.inventory = inventory;
        this.plans = plans;
        this.tasks = tasks;
        this.placements = placements;
    }

    /**
     * How a host is to be emptied.
     *
     * @param movePoweredOff whether VMs that do not run are registered elsewhere too
     * @param waitForBlocked whether VMs that cannot leave are waited for, until somebody deals with them; else the order is
     *     refused
     */
    public record EnterRequest(String host, boolean movePoweredOff, boolean waitForBlocked) {}

    private record ExitRequest(String host, boolean restore) {}

    /** What entering maintenance mode would do now; nothing is touched. */
    public EvacuationPlan plan(String reference, boolean movePoweredOff) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        return plans.evacuation(new MaintenanceInput(host.id().value(), movePoweredOff, false, List.of()));
    }

    /** Empties a host. Faults: OBJECT_NOT_FOUND, HOST_WRONG_MODE, MAINTENANCE_BLOCKED, WOULD_BREAK_FAILOVER, REQUEST_ID_REUSED. */
    public TaskView enter(Caller caller, EnterRequest request) {
        Optional<TaskView> earlier = tasks.earlier(caller, MaintenanceWorkflows.ENTER, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.resolve(request.host(), Host.class);
        if (host.mode().isClosed()) {
            throw wrongMode(
                    host, "%s is %s already.".formatted(host.name(), host.mode().words()));
        }
        requireFailoverWithout(host);
        if (!request.waitForBlocked()) {
            requireCanBeEmptied(host, request.movePoweredOff());
        }
        List<String> vms =
                snapshot.vmsOn(host.id()).stream().map(vm -> vm.id().value()).toList();
        return tasks.submit(
                submission(
                        MaintenanceWorkflows.ENTER,
                        host,
                        new MaintenanceInput(
                                host.id().value(), request.movePoweredOff(), request.waitForBlocked(), vms)),
                caller,
                request);
    }

    /** @throws FaultException WOULD_BREAK_FAILOVER when its cluster promises a failover that takes this host */
    public void requireFailoverWithout(Host host) {
        placements.failover().requireWithout(inventory.snapshot(), host.id());
    }

    /** @throws FaultException MAINTENANCE_BLOCKED when something that runs there cannot leave */
    public void requireCanBeEmptied(Host host, boolean movePoweredOff) {
        EvacuationPlan plan = plan(host.id().value(), movePoweredOff);
        boolean blocked =
                plan.blocked().stream().anyMatch(vm -> !tasks.isBusy(vm.vmId().value()));
        if (blocked) {
            throw new FaultException(
                    FaultCode.MAINTENANCE_BLOCKED, host.id().value(), Evacuations.words(inventory.snapshot(), plan));
        }
    }

    private static Submission submission(String kind, Host host, MaintenanceInput input) {
        return Submission.of(kind, host.id().value(), host.name(), input)
                .claiming("maintenance:" + host.id().value());
    }

    /**
     * What came of bringing a host back.
     *
     * @param restore the task that brings back its VMs; null when that was not asked for, or none left
     */
    public record Exit(TaskView exit, @Nullable TaskView restore) {}

    /**
     * Brings a host back. Faults: OBJECT_NOT_FOUND, HOST_WRONG_MODE, REQUEST_ID_REUSED.
     *
     * @param restore whether the VMs that left it come back
     */
    public Exit exit(Caller caller, String reference, boolean restore) {
        ExitRequest request = new ExitRequest(reference, restore);
        Optional<TaskView> earlier = tasks.earlier(caller, MaintenanceWorkflows.EXIT, request);
        if (earlier.isPresent()) {
            return new Exit(
                    earlier.get(),
                    tasks.earlier(caller, MaintenanceWorkflows.RESTORE, request).orElse(null));
        }
        Host host = inventory.snapshot().resolve(reference, Host.class);
        if (host.mode() != HostMode.MAINTENANCE) {
            throw wrongMode(
                    host,
                    host.mode().isEnteringMaintenance()
                            ? "%s is still entering maintenance mode. Cancel that task instead.".formatted(host.name())
                            : "%s is not in maintenance mode.".formatted(host.name()));
        }
        List<String> back = restore ? leftFor(host.id()) : List.of();
        MaintenanceInput input = new MaintenanceInput(host.id().value(), false, false, back);
        TaskView exit = tasks.submit(submission(MaintenanceWorkflows.EXIT, host, input), caller, request);
        // Tasks on one object run one after the other: this one begins when the host is in use again.
        Submission bringBack =
                Submission.of(MaintenanceWorkflows.RESTORE, host.id().value(), host.name(), input);
        return new Exit(exit, back.isEmpty() ? null : tasks.submit(bringBack, caller, request));
    }

    /** The VMs that were on the host when it was last emptied. */
    private List<String> leftFor(HostId id) {
        return tasks.list(new TaskQuery(id.value(), false, null, TASKS_SEARCHED)).stream()
                .map(TaskView::task)
                .filter(task ->
                        task.draft().kind().equals(MaintenanceWorkflows.ENTER) && task.state() == TaskState.SUCCEEDED)
                .findFirst()
                .map(Task::draft)
                .map(draft -> Json.read(draft.input(), MaintenanceInput.class).vmIds())
                .orElse(List.of());
    }

    /** Lets no further move begin while a host is emptied, or lets it go on; moves under way are not touched. */
    public Host pause(String userName, String reference, boolean paused) {
        return turn(
                userName,
                reference,
                "Host.Config.Maintenance",
                paused ? HostMode.MAINTENANCE_PAUSED : HostMode.ENTERING_MAINTENANCE,
                HostMode::isEnteringMaintenance,
                new Told(
                        paused ? EventType.HOST_MAINTENANCE_PAUSED : EventType.HOST_MAINTENANCE_CONTINUED,
                        paused ? "The emptying of %s is paused." : "The emptying of %s goes on."));
    }

    /** Says that a host is degraded, or no longer: no VM comes to it, and load balancing moves those there elsewhere. */
    public Host quarantine(String userName, String reference, boolean quarantined) {
        return turn(
                userName,
                reference,
                "Host.Config.Quarantine",
                quarantined ? HostMode.QUARANTINE : HostMode.NORMAL,
                mode -> !mode.isClosed(),
                new Told(
                        quarantined ? EventType.HOST_QUARANTINED : EventType.HOST_QUARANTINE_ENDED,
                        quarantined
                                ? "%s is quarantined: virtual machines leave it where they can."
                                : "%s is no longer quarantined."));
    }

    private record Told(EventType type, String message) {}

    private Host turn(
            String userName, String reference, String action, HostMode mode, Predicate<HostMode> mayTurn, Told told) {
        HostId id = inventory.snapshot().resolve(reference, Host.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            if (host.mode() == mode) {
                return InventoryWrite.NOTHING;
            }
            if (!mayTurn.test(host.mode())) {
                throw wrongMode(
                        host,
                        "%s is %s; this cannot be done then."
                                .formatted(host.name(), host.mode().words()));
            }
            return InventoryWrite.builder()
                    .put(host.withMode(mode))
                    .event(EventDraft.about(host, told.type(), told.message().formatted(host.name()))
                            .onHost(id)
                            .byUser(userName))
                    .audit(new AuditDraft(userName, action, id, ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    private static FaultException wrongMode(Host host, String message) {
        return new FaultException(FaultCode.HOST_WRONG_MODE, host.id().value(), message);
    }

    /** The VMs of a host that do not run and stay registered there. */
    public List<VirtualMachine> staying(EvacuationPlan plan) {
        InventorySnapshot snapshot = inventory.snapshot();
        return snapshot.vmsOn(plan.hostId()).stream()
                .filter(vm -> plan.moves().stream()
                        .noneMatch(move -> move.move().vmId().equals(vm.id())))
                .filter(vm -> plan.registrations().stream()
                        .noneMatch(move -> move.vmId().equals(vm.id())))
                .filter(vm -> plan.blocked().stream()
                        .noneMatch(blocked -> blocked.vmId().equals(vm.id())))
                .toList();
    }
}
