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

/** Takes hosts out of use and back. Every method throws {@link FaultException} with the codes of the contract. */
public final class Maintenance {
    /** How many of a host's last tasks are looked through for the one that emptied it. */
    private static final int TASKS_SEARCHED = 200;

    private final Inventory inventory;
    private final EvacuationPlans plans;
    private final Tasks tasks;

    Maintenance(Inventory inventory, EvacuationPlans plans, Tasks tasks) {
        this.inventory = inventory;
        this.plans = plans;
        this.tasks = tasks;
    }

    private record EnterRequest(String host, boolean movePoweredOff) {}

    private record ExitRequest(String host, boolean restore) {}

    /** What entering maintenance mode would do now; nothing is touched. */
    public EvacuationPlan plan(String reference, boolean movePoweredOff) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        return plans.evacuation(new MaintenanceInput(host.id().value(), movePoweredOff, List.of()));
    }

    /** Empties a host. Faults: OBJECT_NOT_FOUND, HOST_WRONG_MODE, MAINTENANCE_BLOCKED, REQUEST_ID_REUSED. */
    public TaskView enter(Caller caller, String reference, boolean movePoweredOff) {
        EnterRequest request = new EnterRequest(reference, movePoweredOff);
        Optional<TaskView> earlier = tasks.earlier(caller, MaintenanceWorkflows.ENTER, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.resolve(reference, Host.class);
        if (host.inMaintenance()) {
            throw wrongMode(
                    host, "%s is %s already.".formatted(host.name(), host.mode().words()));
        }
        EvacuationPlan plan = plans.evacuation(new MaintenanceInput(host.id().value(), movePoweredOff, List.of()));
        List<EvacuationPlan.BlockedVm> blocked = plan.blocked().stream()
                .filter(vm -> !tasks.isBusy(vm.vmId().value()))
                .toList();
        if (!blocked.isEmpty()) {
            throw new FaultException(
                    FaultCode.MAINTENANCE_BLOCKED, host.id().value(), Evacuations.words(snapshot, plan));
        }
        List<String> vms =
                snapshot.vmsOn(host.id()).stream().map(vm -> vm.id().value()).toList();
        return tasks.submit(
                submission(
                        MaintenanceWorkflows.ENTER,
                        host,
                        new MaintenanceInput(host.id().value(), movePoweredOff, vms)),
                caller,
                request);
    }

    private static Submission submission(String kind, Host host, MaintenanceInput input) {
        return Submission.of(kind, host.id().value(), host.name(), input)
                .claiming("maintenance:" + host.id().value());
    }

    /**
     * Brings a host back. Faults: OBJECT_NOT_FOUND, HOST_WRONG_MODE, REQUEST_ID_REUSED.
     *
     * @param restore whether the VMs that left it come back
     */
    public TaskView exit(Caller caller, String reference, boolean restore) {
        ExitRequest request = new ExitRequest(reference, restore);
        Optional<TaskView> earlier = tasks.earlier(caller, MaintenanceWorkflows.EXIT, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Host host = inventory.snapshot().resolve(reference, Host.class);
        if (host.mode() != HostMode.MAINTENANCE) {
            throw wrongMode(
                    host,
                    host.inMaintenance()
                            ? "%s is still entering maintenance mode. Cancel that task instead.".formatted(host.name())
                            : "%s is not in maintenance mode.".formatted(host.name()));
        }
        List<String> back = restore ? leftFor(host.id()) : List.of();
        return tasks.submit(
                submission(
                        MaintenanceWorkflows.EXIT,
                        host,
                        new MaintenanceInput(host.id().value(), false, back)),
                caller,
                request);
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

    /** Says that a host is degraded, or no longer: no VM comes to it, and load balancing moves those there elsewhere. */
    public Host quarantine(String userName, String reference, boolean quarantined) {
        HostId id = inventory.snapshot().resolve(reference, Host.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            HostMode mode = quarantined ? HostMode.QUARANTINE : HostMode.NORMAL;
            if (host.mode() == mode) {
                return InventoryWrite.NOTHING;
            }
            if (host.mode() != HostMode.NORMAL && host.mode() != HostMode.QUARANTINE) {
                throw wrongMode(
                        host,
                        "%s is %s. Bring it out of that first."
                                .formatted(host.name(), host.mode().words()));
            }
            return InventoryWrite.builder()
                    .put(host.withMode(mode))
                    .event(EventDraft.about(
                                    host,
                                    quarantined ? EventType.HOST_QUARANTINED : EventType.HOST_QUARANTINE_ENDED,
                                    quarantined
                                            ? "%s is quarantined: VMs leave it where they can.".formatted(host.name())
                                            : "%s is no longer quarantined.".formatted(host.name()))
                            .onHost(id)
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Host.Config.Quarantine", id, ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    /** Holds the emptying of a host, or lets it go on. */
    public Host pause(String userName, String reference, boolean paused) {
        HostId id = inventory.snapshot().resolve(reference, Host.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            HostMode from = paused ? HostMode.ENTERING_MAINTENANCE : HostMode.EVACUATION_PAUSED;
            HostMode to = paused ? HostMode.EVACUATION_PAUSED : HostMode.ENTERING_MAINTENANCE;
            if (host.mode() == to) {
                return InventoryWrite.NOTHING;
            }
            if (host.mode() != from) {
                throw wrongMode(
                        host,
                        "%s is not entering maintenance mode, it is %s."
                                .formatted(host.name(), host.mode().words()));
            }
            return InventoryWrite.builder()
                    .put(host.withMode(to))
                    .event(EventDraft.about(
                                    host,
                                    EventType.HOST_ENTERING_MAINTENANCE,
                                    paused
                                            ? "%s is not emptied any further for now.".formatted(host.name())
                                            : "%s is emptied further.".formatted(host.name()))
                            .onHost(id)
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Host.Config.Maintenance", id, ""))
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
