package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.baseline.CpuBaselineAdmin;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.resource.ResourcePools;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskView;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The life of virtual machines. Calls that change something check what can be checked at once, throwing
 * {@link FaultException} with the codes of the contract, and return the task that does the rest. VMs are named by id,
 * inventory path, UUID or unique name.
 */
public final class VirtualMachines {
    private static final Duration SHUTDOWN_DEFAULT = Duration.ofSeconds(60);

    private final Inventory inventory;
    private final Tasks tasks;
    private final MacAddresses macAddresses = new MacAddresses(new SecureRandom());

    public VirtualMachines(Inventory inventory, Tasks tasks) {
        this.inventory = inventory;
        this.tasks = tasks;
    }

    /** Refuses, with CONFIG_INVALID, a size that no VM can have. */
    public static void requireSize(int cpuCount, long memoryBytes) {
        ConfigPlanner.requireSize(cpuCount, memoryBytes);
    }

    // ---- make ----

    /** Faults: OBJECT_NOT_FOUND, NAME_TAKEN, NAME_INVALID, CONFIG_INVALID, NO_SUITABLE_HOST, REQUEST_ID_REUSED. */
    public TaskView create(Caller caller, CreateRequest request) {
        return once(caller, CreateWorkflow.KIND, request, snapshot -> {
            ObjectName.check(request.name());
            FolderId folder = Places.folder(snapshot, request.folder());
            requireNameFree(snapshot, folder, request.name());
            Places.Compute compute = Places.compute(snapshot, request.compute());
            VirtualMachine template = template(snapshot, request.template());
            VmConfig config = levelled(
                    snapshot,
                    new ConfigPlanner(snapshot, macAddresses::next).create(template, request.config()),
                    compute.resourcePoolId());
            Datastore datastore = Places.datastore(snapshot, request.datastore(), compute.hosts(), config);
            String directory = Places.freeDirectory(snapshot, datastore.id(), request.name());
            VirtualMachineId id = VirtualMachineId.of(inventory.nextIdNumber());
            CreateWorkflow.Input input = new CreateWorkflow.Input(
                    id,
                    UUID.randomUUID(),
                    request.name(),
                    folder,
                    compute.resourcePoolId(),
                    compute.hostIds(),
                    datastore.id(),
                    new VmLocation(datastore.uuid(), directory, directory),
                    template == null ? null : VmOrders.locationOf(snapshot, template),
                    config,
                    request.powerOn());
            return Submission.of(CreateWorkflow.KIND, id.value(), request.name(), input)
                    .claiming(nameClaim(folder, request.name()), directoryClaim(datastore, directory));
        });
    }

    private static @Nullable VirtualMachine template(InventorySnapshot snapshot, String reference) {
        if (reference.isEmpty()) {
            return null;
        }
        VirtualMachine template = snapshot.resolve(reference, VirtualMachine.class);
        if (!template.template()) {
            VmChecks.requireOff(template);
        }
        return template;
    }

    /** Faults: OBJECT_NOT_FOUND, NAME_TAKEN, NAME_INVALID, VM_ALREADY_REGISTERED, DATASTORE_INACCESSIBLE. */
    public TaskView register(Caller caller, RegisterRequest request) {
        return once(caller, RegisterWorkflow.KIND, request, snapshot -> {
            FolderId folder = Places.folder(snapshot, request.folder());
            if (!request.name().isEmpty()) {
                ObjectName.check(request.name());
                requireNameFree(snapshot, folder, request.name());
            }
            Datastore datastore = snapshot.resolve(request.datastore(), Datastore.class);
            Places.requireAccessible(datastore);
            String directory = directory(request.directory());
            snapshot.vmsOn(datastore.id()).stream()
                    .filter(vm -> vm.directory().equals(directory))
                    .findFirst()
                    .ifPresent(vm -> {
                        throw new FaultException(
                                FaultCode.VM_ALREADY_REGISTERED,
                                vm.id().value(),
                                "%s is in the inventory already as %s.".formatted(directory, snapshot.pathOf(vm.id())));
                    });
            Places.Compute compute = Places.compute(snapshot, request.compute());
            VirtualMachineId id = VirtualMachineId.of(inventory.nextIdNumber());
            RegisterWorkflow.Input input = new RegisterWorkflow.Input(
                    id,
                    request.name(),
                    folder,
                    compute.resourcePoolId(),
                    compute.hostIds(),
                    datastore.id(),
                    new VmLocation(datastore.uuid(), directory, ""),
                    request.template());
            Submission submission = Submission.of(
                    RegisterWorkflow.KIND, id.value(), request.name().isEmpty() ? directory : request.name(), input);
            return request.name().isEmpty()
                    ? submission.claiming(directoryClaim(datastore, directory))
                    : submission.claiming(directoryClaim(datastore, directory), nameClaim(folder, request.name()));
        });
    }

    private static String directory(String text) {
        String trimmed = text.replaceAll("^/+|/+$", "");
        boolean climbs = List.of(trimmed.split("/")).contains("..");
        if (trimmed.isEmpty() || climbs || trimmed.length() > 1024 || trimmed.indexOf('\0') >= 0) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "The directory is named relative to the root of the datastore, such as \"app-1\".");
        }
        return trimmed;
    }

    // ---- change ----

    /**
     * Changes the shape of a VM that is off, or allocations and pool of any. Faults: OBJECT_NOT_FOUND,
     * VM_WRONG_POWER_STATE, CONFIG_INVALID, MOVE_INVALID, INSUFFICIENT_RESOURCES, VERSION_CONFLICT.
     */
    public TaskView reconfigure(Caller caller, ReconfigureRequest request) {
        return once(caller, ChangeWorkflows.RECONFIGURE, request, snapshot -> {
            VirtualMachine vm = snapshot.resolve(request.vm(), VirtualMachine.class);
            if (request.etag() != 0 && request.etag() != vm.version()) {
                throw new FaultException(
                        FaultCode.VERSION_CONFLICT,
                        vm.id().value(),
                        "%s has version %d, not %d. Read it again and repeat."
                                .formatted(vm.name(), vm.version(), request.etag()));
            }
            boolean anyTime = request.suitsRunning();
            if (anyTime) {
                VmChecks.requireNoTemplate(vm);
            } else {
                VmChecks.requireOff(vm);
            }
            VmConfig config = new ConfigPlanner(snapshot, macAddresses::next)
                    .change(vm, request.config(), request.removeLabels());
            ResourcePoolId pool = pool(snapshot, vm, request.pool());
            config = levelled(snapshot, config, pool == null ? vm.resourcePoolId() : pool);
            var input = new ChangeWorkflows.Reconfigure(vm.id(), vm.config(), config, pool, anyTime);
            ResourcePools.requirePromises(
                    snapshot, vm.resourcePoolId(), List.of(ChangeWorkflows.allocated(vm, input)), List.of());
            return of(ChangeWorkflows.RECONFIGURE, vm, input);
        });
    }

    private static VmConfig levelled(InventorySnapshot snapshot, VmConfig config, ResourcePoolId pool) {
        return config.withCpuBaseline(CpuBaselineAdmin.checked(snapshot, config.cpuBaseline(), pool));
    }

    private static @Nullable ResourcePoolId pool(InventorySnapshot snapshot, VirtualMachine vm, String reference) {
        if (reference.isEmpty()) {
            return null;
        }
        ResourcePool pool = snapshot.resolve(reference, ResourcePool.class);
        ResourcePools.requireReaches(snapshot, vm, pool);
        return pool.id();
    }

    private record RenameRequest(String vm, String name) {}

    /** Faults: OBJECT_NOT_FOUND, NAME_TAKEN, NAME_INVALID. */
    public TaskView rename(Caller caller, String reference, String name) {
        return once(caller, ChangeWorkflows.RENAME, new RenameRequest(reference, name), snapshot -> {
            VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
            ObjectName.check(name);
            requireNameFree(snapshot, vm.parentId(), name);
            return of(ChangeWorkflows.RENAME, vm, new ChangeWorkflows.Rename(vm.id(), name))
                    .claiming(nameClaim(vm.parentId(), name));
        });
    }

    // ---- power ----

    private record VmRequest(String vm, long timeoutMillis) {}

    /** Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE, INSUFFICIENT_RESOURCES. */
    public TaskView powerOn(Caller caller, String reference) {
        return once(caller, PowerWorkflows.POWER_ON, new VmRequest(reference, 0), snapshot -> {
            VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
            VmChecks.requireCanPowerOn(vm);
            VmChecks.requireReservations(snapshot, vm.resourcePoolId(), vm.config());
            return of(PowerWorkflows.POWER_ON, vm, new PowerWorkflows.Input(vm.id(), 0));
        });
    }

    /**
     * Cuts the power. A guest shutdown that is under way is not waited for: its task is cancelled. Faults:
     * OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE.
     */
    public TaskView powerOff(Caller caller, String reference) {
        TaskView task = power(caller, PowerWorkflows.POWER_OFF, reference, 0, VmChecks::requireCanPowerOff);
        tasks.cancelOthers(task.task(), PowerWorkflows.SHUTDOWN);
        return tasks.get(task.task().id());
    }

    /**
     * Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE.
     *
     * @param timeout zero for 60 s; at most 30 min
     */
    public TaskView shutdownGuest(Caller caller, String reference, Duration timeout) {
        Duration patience = timeout.isZero() || timeout.isNegative() ? SHUTDOWN_DEFAULT : timeout;
        long millis = Math.min(patience.toMillis(), PowerWorkflows.SHUTDOWN_MAX.toMillis());
        return power(caller, PowerWorkflows.SHUTDOWN, reference, millis, (snapshot, vm) -> VmChecks.requireOn(vm));
    }

    /** Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE. */
    public TaskView reset(Caller caller, String reference) {
        return power(caller, PowerWorkflows.RESET, reference, 0, (snapshot, vm) -> VmChecks.requireOn(vm));
    }

    /** Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE. */
    public TaskView suspend(Caller caller, String reference) {
        return power(caller, PowerWorkflows.SUSPEND, reference, 0, (snapshot, vm) -> VmChecks.requireOn(vm));
    }

    private TaskView power(
            Caller caller,
            String kind,
            String reference,
            long timeoutMillis,
            BiConsumer<InventorySnapshot, VirtualMachine> check) {
        return once(caller, kind, new VmRequest(reference, timeoutMillis), snapshot -> {
            VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
            check.accept(snapshot, vm);
            return of(kind, vm, new PowerWorkflows.Input(vm.id(), timeoutMillis));
        });
    }

    // ---- remove ----

    /** Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE, HOST_NOT_CONNECTED. */
    public TaskView delete(Caller caller, String reference) {
        return remove(caller, ChangeWorkflows.DELETE, reference);
    }

    /** Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE, HOST_NOT_CONNECTED. */
    public TaskView unregister(Caller caller, String reference) {
        return remove(caller, ChangeWorkflows.UNREGISTER, reference);
    }

    private TaskView remove(Caller caller, String kind, String reference) {
        return once(caller, kind, new VmRequest(reference, 0), snapshot -> {
            VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
            VmChecks.requireOff(vm);
            VmChecks.requireConnected(snapshot.get(vm.hostId()));
            return of(kind, vm, new ChangeWorkflows.Remove(vm.id(), VmOrders.locationOf(snapshot, vm)));
        });
    }

    // ---- what they share ----

    private TaskView once(Caller caller, String kind, Object request, Function<InventorySnapshot, Submission> prepare) {
        Submission submission;
        try {
            submission = prepare.apply(inventory.snapshot());
        } catch (FaultException e) {
            // What was asked for before may well be in the way of itself now; seldom enough to look only then.
            return tasks.earlier(caller, kind, request).orElseThrow(() -> e);
        }
        return tasks.submit(submission, caller, request);
    }

    private static Submission of(String kind, VirtualMachine vm, Object input) {
        return Submission.of(kind, vm.id().value(), vm.name(), input);
    }

    static void requireNameFree(InventorySnapshot snapshot, FolderId folder, String name) {
        snapshot.findChild(folder, name).ifPresent(holder -> {
            throw new FaultException(
                    FaultCode.NAME_TAKEN,
                    holder.id().value(),
                    "The name \"%s\" is taken by %s (%s). Choose another name or another folder."
                            .formatted(name, holder.id(), snapshot.pathOf(holder.id())));
        });
    }

    private static String nameClaim(FolderId folder, String name) {
        return "name:" + folder + "/" + name;
    }

    private static String directoryClaim(Datastore datastore, String directory) {
        return "directory:" + datastore.id() + "/" + directory;
    }
}
