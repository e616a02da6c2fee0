package dev.sternpost.server.migration;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Many VMs moved as one job. Each is moved by a task of its own, of the kind that it would be alone, and these wait for their turn as others do: hosts
 * and datastores are spared the same. One that fails stops no other. Steps:
 *
 * <ol>
 *   <li>{@code order-moves}: which VMs, in which order; what was given up when they were chosen is not asked again.
 *   <li>{@code move-all}: files their tasks, in that order, and follows them to their ends. Undone by cancelling those that can be; VMs that have moved
 *       stay where they went. After a restart of the server the tasks are found again by the ids under which they were asked for.
 *   <li>{@code judge}: fails when one of them did not succeed, and says which.
 * </ol>
 */
public final class ManyMoves {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.migrateMany";

    /** Most VMs of one job. */
    public static final int VMS_MAX = 500;

    /** Large disks take their time, and many of them more. */
    private static final Duration ALL_MAX = Duration.ofDays(7);

    private static final int REASONS_TOLD_MAX = 10;
    private static final int MOVE_WEIGHT = 100;

    private final Inventory inventory;
    private final Supplier<Movers> movers;
    private final InstantSource clock;
    private final int lanes;

    /**
     * @param movers asked for late: they are made from what knows this workflow
     * @param lanes live migrations that a host bears at once, by which the time is reckoned before any has ended
     */
    public ManyMoves(Inventory inventory, Supplier<Movers> movers, InstantSource clock, int lanes) {
        this.inventory = inventory;
        this.movers = movers;
        this.clock = clock;
        this.lanes = lanes;
    }

    /** Who moves one VM, and knows of the tasks. */
    public record Movers(Tasks tasks, Migrations migrations, StorageMoves storageMoves) {}

    /**
     * What a caller asks for. Faults: REQUEST_INVALID when there are none or too many, or VMs are named besides a host that is to be emptied.
     *
     * @param vms ids, paths, UUIDs or unique names, in the order wanted
     * @param offHost the host that all of its VMs are to leave; empty when VMs are named
     * @param host the host all go to; empty lets placement choose for each
     * @param datastore the datastore their files go to; empty leaves them
     */
    public record Request(
            List<String> vms,
            String offHost,
            String host,
            String datastore,
            @Nullable DiskProvisioning provisioning,
            long downtimeLimitMillis,
            long bandwidthLimitBytesPerSecond) {
        public Request {
            vms = List.copyOf(vms);
            if (vms.isEmpty() == offHost.isEmpty()) {
                throw new FaultException(
                        FaultCode.REQUEST_INVALID,
                        "Name the virtual machines, or the host that all of its virtual machines are to leave.");
            }
            if (vms.size() > VMS_MAX) {
                throw new FaultException(
                        FaultCode.REQUEST_INVALID,
                        "At most %d virtual machines move as one job. Name fewer.".formatted(VMS_MAX));
            }
            // Says now what each of them would say later.
            new MigrationRequest("any", host, downtimeLimitMillis, bandwidthLimitBytesPerSecond);
        }
    }

    /** What the task keeps: the VMs by id, in order. */
    record Input(List<String> vmIds, Request request) {}

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("order-moves", this::orderMoves),
                Step.remote("move-all", this::moveAll)
                        .withRemoteUndo(this::cancelAll)
                        .withTimeout(ALL_MAX)
                        .withWeight(MOVE_WEIGHT),
                Step.decide("judge", this::judge));
    }

    /**
     * Accepts a job. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID (a VM twice, no VM on the host), REQUEST_ID_REUSED, OVERLOADED.
     */
    public TaskView move(Caller caller, Request request) {
        Optional<TaskView> earlier = movers.get().tasks().earlier(caller, KIND, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = inventory.snapshot();
        List<VirtualMachine> vms = vms(snapshot, request);
        Input input = new Input(vms.stream().map(vm -> vm.id().value()).toList(), request);
        // On no object: the tasks of the VMs work on those, and must not wait for this one.
        String subject = "many-" + Tasks.digest(input).substring(0, 16);
        return movers.get()
                .tasks()
                .submit(Submission.of(KIND, subject, vms.size() + " virtual machines", input), caller, request);
    }

    private static List<VirtualMachine> vms(InventorySnapshot snapshot, Request request) {
        if (!request.offHost().isEmpty()) {
            Host host = snapshot.resolve(request.offHost(), Host.class);
            // Those that run first, the largest of them first: what takes longest is under way while the others follow.
            List<VirtualMachine> all = snapshot.vmsOn(host.id()).stream()
                    .filter(vm -> !vm.template())
                    .sorted(Comparator.comparing((VirtualMachine vm) -> vm.powerState() != PowerState.POWERED_ON)
                            .thenComparing(vm -> -vm.config().memoryBytes())
                            .thenComparing(VirtualMachine::name))
                    .toList();
            if (all.isEmpty() || all.size() > VMS_MAX) {
                throw new FaultException(
                        FaultCode.REQUEST_INVALID,
                        host.id().value(),
                        "%s has %d virtual machines to move; there must be 1 to %d."
                                .formatted(host.name(), all.size(), VMS_MAX));
            }
            return all;
        }
        Map<VirtualMachineId, VirtualMachine> named = new LinkedHashMap<>();
        for (String reference : request.vms()) {
            VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
            if (named.put(vm.id(), vm) != null) {
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, vm.id().value(), vm.name() + " is named twice. Name it once.");
            }
        }
        return List.copyOf(named.values());
    }

    private StepOutput orderMoves(StepContext context) {
        Input input = input(context);
        InventorySnapshot snapshot = inventory.snapshot();
        List<String> names = input.vmIds().stream()
                .map(id -> snapshot.find(new VirtualMachineId(id))
                        .map(VirtualMachine::name)
                        .orElse(id))
                .toList();
        String first = names.stream().limit(REASONS_TOLD_MAX).collect(Collectors.joining(", "));
        return StepOutput.of(Json.write(names), names.size() > REASONS_TOLD_MAX ? first + ", …" : first);
    }

    private CompletionStage<StepOutput> moveAll(StepContext context) {
        Input input = input(context);
        String[] names = Json.read(context.output("order-moves"), String[].class);
        ManyMovesCourse course = new ManyMovesCourse(context, clock, forecastMillis(input));
        Movers by = movers.get();
        for (int i = 0; i < input.vmIds().size(); i++) {
            course.add(input.vmIds().get(i), names[i]);
        }
        for (String vmId : input.vmIds()) {
            try {
                TaskView filed = file(by, context, input.request(), vmId);
                course.filed(vmId, filed);
                course.hearBy(by.tasks().watch(filed.task().id().toString(), view -> course.heard(vmId, view)));
            } catch (FaultException e) {
                course.refused(vmId, e);
            }
        }
        return course.end();
    }

    /** The same task each time it is asked for. */
    private static TaskView file(Movers by, StepContext context, Request request, String vmId) {
        Caller caller =
                new Caller(context.task().draft().userName(), context.task().id() + "/" + vmId);
        if (!request.datastore().isEmpty() && request.host().isEmpty()) {
            return by.storageMoves()
                    .move(
                            caller,
                            new StorageMoveRequest(
                                    vmId,
                                    request.datastore(),
                                    request.provisioning(),
                                    request.bandwidthLimitBytesPerSecond()));
        }
        return by.migrations()
                .migrate(
                        caller,
                        new MigrationRequest(
                                vmId,
                                request.host(),
                                request.downtimeLimitMillis(),
                                request.bandwidthLimitBytesPerSecond(),
                                request.datastore(),
                                request.provisioning()));
    }

    /** 0 where nothing can be said. */
    private long forecastMillis(Input input) {
        Request request = input.request();
        if (!request.datastore().isEmpty()) {
            return 0;
        }
        InventorySnapshot snapshot = inventory.snapshot();
        MigrationForecasts forecasts = movers.get().migrations().forecasts();
        double sum = input.vmIds().stream()
                .flatMap(id -> snapshot.find(new VirtualMachineId(id)).stream())
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON)
                .mapToDouble(vm -> forecasts
                        .of(vm, "", PrecopyLimits.of(0, 0), request.bandwidthLimitBytesPerSecond())
                        .totalMillis()
                        .expected())
                .sum();
        return Math.round(sum / Math.max(1, Math.min(lanes, input.vmIds().size())));
    }

    private CompletionStage<StepOutput> cancelAll(StepContext context) {
        Input input = input(context);
        Movers by = movers.get();
        List<TaskId> children = new ArrayList<>();
        for (var task : by.tasks().unfinished()) {
            if (task.draft().requestId().startsWith(context.task().id() + "/")
                    && input.vmIds().contains(task.draft().subjectId())) {
                children.add(task.id());
            }
        }
        return ManyMovesCourse.cancel(by.tasks(), children)
                .thenApply(ignored -> StepOutput.said("Moves that could be were cancelled; the others have ended"));
    }

    private StepOutput judge(StepContext context) {
        ManyMovesView view = Json.read(context.output("move-all"), ManyMovesView.class);
        List<ManyMovesView.Entry> failed =
                view.entries().stream().filter(entry -> !entry.moved()).toList();
        if (failed.isEmpty()) {
            return StepOutput.said("All have moved");
        }
        String which = failed.stream()
                .limit(REASONS_TOLD_MAX)
                .map(entry -> entry.vmName() + ": " + entry.detail())
                .collect(Collectors.joining(" "));
        throw new FaultException(
                FaultCode.MIGRATION_FAILED,
                "%d of %d virtual machines did not move. %s"
                        .formatted(failed.size(), view.entries().size(), which));
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    /** Where a VM is now, for the table. */
    static String hostName(InventorySnapshot snapshot, String vmId) {
        return snapshot.find(new VirtualMachineId(vmId))
                .map(VirtualMachine::hostId)
                .flatMap((HostId id) -> snapshot.find(id).map(Host::name))
                .orElse("");
    }
}
