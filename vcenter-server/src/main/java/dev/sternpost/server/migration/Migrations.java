package dev.sternpost.server.migration;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.DowntimeBudget;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Creation;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskView;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Accepts moves: what can be refused now is refused now, with every reason; the rest is a task. */
public final class Migrations {
    private final Inventory inventory;
    private final Tasks tasks;
    private final TargetChoice targets;
    private final MigrationForecasts forecasts;

    public Migrations(
            Inventory inventory,
            Tasks tasks,
            Placements placements,
            Reservations reservations,
            MigrationForecasts forecasts) {
        this.inventory = inventory;
        this.tasks = tasks;
        this.forecasts = forecasts;
        this.targets = new TargetChoice(placements, reservations);
    }

    /**
     * Moves a VM: live when it runs, by changing its owner when it does not. Its files go along when a datastore is named, which the target
     * must see and its own host need not.
     *
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID (files cannot go along so), VM_WRONG_POWER_STATE (a template),
     *     HOST_INCOMPATIBLE, NO_SUITABLE_HOST, REQUEST_ID_REUSED, OVERLOADED
     */
    public TaskView migrate(Caller caller, MigrationRequest request) {
        return migrate(caller, request, false);
    }

    /**
     * Moves a VM as a planner has it. It is refused, now or when its turn comes, while a VM that a rule keeps apart from it is at
     * the target or on its way there. Faults: as of {@link #migrate}.
     */
    public TaskView migratePlanned(Caller caller, VirtualMachineId vm, HostId target) {
        return migrate(caller, new MigrationRequest(vm.value(), target.value(), 0, 0), true);
    }

    /** Whether a planned move would not be refused for the VMs at its target. */
    public boolean mayBegin(VirtualMachineId vm, HostId target) {
        return targets.inTheWay(inventory.snapshot(), vm, target).isEmpty();
    }

    /** Live migrations that have not ended, newest first. */
    public List<MoveUnderWay> underWay() {
        return tasks.unfinished().stream()
                .filter(task -> LiveMigration.isLive(task.draft().kind()))
                .map(Migrations::underWay)
                .toList();
    }

    private static MoveUnderWay underWay(Task task) {
        MigrationInput input = Json.read(task.draft().input(), MigrationInput.class);
        String target = MigrationView.of(task.summary())
                .map(MigrationView::targetHostId)
                .orElse(input.targetHostId().isEmpty() ? input.sourceHostId() : input.targetHostId());
        return new MoveUnderWay(
                task.id(), new VirtualMachineId(input.vmId()), new HostId(input.sourceHostId()), new HostId(target));
    }

    private TaskView migrate(Caller caller, MigrationRequest request, boolean planned) {
        for (String kind : Set.of(LiveMigration.KIND, ColdMove.KIND, MigrationWithFiles.KIND, ColdMoveWithFiles.KIND)) {
            Optional<TaskView> earlier = tasks.earlier(caller, kind, request);
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        forecasts.learn(tasks);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(request.vm(), VirtualMachine.class);
        Host target = request.host().isEmpty()
                ? targets.choose(snapshot, vm, "", planned)
                : snapshot.resolve(request.host(), Host.class);
        boolean live = vm.powerState() == PowerState.POWERED_ON;
        MigrationInput.FilesAlong files = filesAlong(snapshot, vm, request);
        MigrationInput input = new MigrationInput(
                vm.id().value(),
                vm.hostId().value(),
                request.host().isEmpty() ? "" : target.id().value(),
                DowntimeBudget.millis(vm, request.downtimeLimitMillis()),
                request.bandwidthLimitBytesPerSecond(),
                planned,
                files);
        targets.requireCompatible(snapshot, input.atTarget(vm), target, planned && live);
        TaskDraft draft = new TaskDraft(
                kind(live, files != null),
                vm.id().value(),
                vm.name(),
                caller.userName(),
                caller.requestId(),
                Tasks.digest(request),
                Json.write(input),
                Set.of("move:" + vm.id().value()));
        return tasks.submit(
                draft,
                task -> {
                    if (live) {
                        inventory.commit(InventoryWrite.builder()
                                .event(EventDraft.about(
                                                vm,
                                                EventType.VM_MIGRATION_STARTED,
                                                "The live migration of %s was asked for.".formatted(vm.name()))
                                        .onHost(vm.hostId())
                                        .byUser(caller.userName())
                                        .byTask(task.id().toString()))
                                .build());
                    }
                },
                taken -> alreadyMoving(vm, taken));
    }

    private static String kind(boolean live, boolean withFiles) {
        if (withFiles) {
            return live ? MigrationWithFiles.KIND : ColdMoveWithFiles.KIND;
        }
        return live ? LiveMigration.KIND : ColdMove.KIND;
    }

    /** Null when no datastore is named, or the one where its files are already. */
    private static MigrationInput.@Nullable FilesAlong filesAlong(
            InventorySnapshot snapshot, VirtualMachine vm, MigrationRequest request) {
        if (request.datastore().isEmpty()) {
            return null;
        }
        Datastore datastore = snapshot.resolve(request.datastore(), Datastore.class);
        boolean off = vm.powerState() != PowerState.POWERED_ON;
        if (off && request.provisioning() != null) {
            throw Fault.of(
                            FaultCode.REQUEST_INVALID,
                            "%s does not run, and its disks are sent to another host as they are. Leave the disk format out, and change it there by another move."
                                    .formatted(vm.name()))
                    .about(vm.id().value())
                    .exception();
        }
        return datastore.id().equals(vm.datastoreId())
                ? null
                : new MigrationInput.FilesAlong(datastore.id(), request.provisioning());
    }

    /**
     * What moving a VM would mean.
     *
     * @param hosts each that was looked at, by name
     * @param forecast null for a VM that does not run
     * @param downtimeLimitMillis longest pause it would aim at
     */
    public record Check(List<TargetVerdict> hosts, @Nullable MigrationForecast forecast, long downtimeLimitMillis) {}

    /**
     * Looks, and moves nothing.
     *
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS
     */
    public Check check(MigrationRequest request) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(request.vm(), VirtualMachine.class);
        String wanted = request.host().isEmpty()
                ? ""
                : snapshot.resolve(request.host(), Host.class).id().value();
        long downtimeMillis = DowntimeBudget.millis(vm, request.downtimeLimitMillis());
        VirtualMachine there = request.datastore().isEmpty()
                ? vm
                : vm.withPlace(
                        snapshot.resolve(request.datastore(), Datastore.class).id(), vm.directory());
        // How long disks take is not forecast.
        boolean forecasts =
                vm.powerState() == PowerState.POWERED_ON && there.datastoreId().equals(vm.datastoreId());
        MigrationForecast forecast = forecasts
                ? forecasts()
                        .of(vm, wanted, PrecopyLimits.of(downtimeMillis, 0), request.bandwidthLimitBytesPerSecond())
                : null;
        List<TargetVerdict> verdicts = targets.verdicts(snapshot, there, wanted);
        List<TargetVerdict> told = underWay().stream()
                .filter(move -> move.vmId().equals(vm.id()))
                .findFirst()
                .map(move -> verdicts.stream()
                        .map(verdict -> verdict.with("%s is being moved already, by %s: wait for it or cancel it first"
                                .formatted(vm.name(), move.task())))
                        .toList())
                .orElse(verdicts);
        return new Check(told, forecast, downtimeMillis);
    }

    /** What is expected of moves, with all that was learned from earlier ones. */
    public MigrationForecasts forecasts() {
        forecasts.learn(tasks);
        return forecasts;
    }

    private static FaultException alreadyMoving(VirtualMachine vm, Creation.ClaimTaken taken) {
        return Fault.of(
                        FaultCode.VM_WRONG_POWER_STATE,
                        "%s is being moved already, by %s. Wait for it or cancel it first."
                                .formatted(vm.name(), taken.holder()))
                .about(vm.id().value())
                .exception();
    }
}
