package dev.sternpost.server.power;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.maintenance.HostEmptying;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Optional;

/** Puts hosts into stand-by and wakes them. Every method throws {@link FaultException} with the codes of the contract. */
public final class Standby {
    private final Inventory inventory;
    private final Maintenance maintenance;
    private final ControlCalls controls;
    private final Tasks tasks;

    Standby(Inventory inventory, Maintenance maintenance, ControlCalls controls, Tasks tasks) {
        this.inventory = inventory;
        this.maintenance = maintenance;
        this.controls = controls;
        this.tasks = tasks;
    }

    private record EnterRequest(String host) {}

    private record ExitRequest(String host) {}

    private record TestRequest(String host) {}

    /**
     * What entering stand-by would do now.
     *
     * @param refusal why it would be refused whatever runs there; empty when it would not
     */
    public record Plan(EvacuationPlan evacuation, String refusal) {}

    /** Nothing is touched. */
    public Plan plan(String reference) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        return new Plan(
                maintenance.plan(host.id().value(), true),
                refusal(host)
                        .map(FaultException::fault)
                        .map(fault -> fault.message())
                        .orElse(""));
    }

    private Optional<FaultException> refusal(Host host) {
        if (host.mode().isClosed()) {
            return Optional.of(wrongMode(
                    host, "%s is %s already.".formatted(host.name(), host.mode().words())));
        }
        if (!host.isConnected()) {
            return Optional.of(new FaultException(
                    FaultCode.HOST_NOT_CONNECTED,
                    host.id().value(),
                    "%s is not connected, so it cannot be told to switch itself off.".formatted(host.name())));
        }
        return controls.of(host).isEmpty() ? Optional.of(notWakeable(host)) : Optional.empty();
    }

    private static FaultException notWakeable(Host host) {
        return new FaultException(
                FaultCode.HOST_NOT_WAKEABLE,
                host.id().value(),
                "%s has no way to be woken. Set one up with: sternpost host power %s --method METHOD"
                        .formatted(host.name(), host.name()));
    }

    private static FaultException wrongMode(Host host, String message) {
        return new FaultException(FaultCode.HOST_WRONG_MODE, host.id().value(), message);
    }

    /** HOST_WRONG_MODE, HOST_NOT_CONNECTED, HOST_NOT_WAKEABLE, MAINTENANCE_BLOCKED. */
    public TaskView enter(Caller caller, String reference) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        if (host.mode() == HostMode.QUARANTINE) {
            throw wrongMode(
                    host,
                    "%s is quarantined, which it would not be any more when it wakes. End the quarantine first."
                            .formatted(host.name()));
        }
        return fallAsleep(caller, HostEmptying.ENTER_STANDBY, reference, new EnterRequest(reference), true);
    }

    /** HOST_WRONG_MODE, HOST_NOT_CONNECTED, HOST_NOT_WAKEABLE, MAINTENANCE_BLOCKED. */
    public TaskView test(Caller caller, String reference) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        if (host.mode() == HostMode.STANDBY) {
            // To wake it is the test then.
            return exit(caller, reference);
        }
        return fallAsleep(caller, HostEmptying.TEST_WAKE, reference, new TestRequest(reference), false);
    }

    private TaskView fallAsleep(Caller caller, String kind, String reference, Object request, boolean movePoweredOff) {
        Optional<TaskView> earlier = tasks.earlier(caller, kind, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.resolve(reference, Host.class);
        refusal(host).ifPresent(fault -> {
            throw fault;
        });
        maintenance.requireFailoverWithout(host);
        maintenance.requireCanBeEmptied(host, movePoweredOff);
        List<String> vms =
                snapshot.vmsOn(host.id()).stream().map(vm -> vm.id().value()).toList();
        return tasks.submit(HostEmptying.submission(kind, host, movePoweredOff, vms), caller, request);
    }

    /** HOST_WRONG_MODE, HOST_NOT_WAKEABLE. */
    public TaskView exit(Caller caller, String reference) {
        ExitRequest request = new ExitRequest(reference);
        Optional<TaskView> earlier = tasks.earlier(caller, StandbyWorkflows.EXIT, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Host host = inventory.snapshot().resolve(reference, Host.class);
        if (host.mode() != HostMode.STANDBY) {
            throw wrongMode(
                    host,
                    host.mode() == HostMode.ENTERING_STANDBY
                            ? "%s is still entering stand-by. Cancel that task instead.".formatted(host.name())
                            : "%s is not in stand-by.".formatted(host.name()));
        }
        if (controls.of(host).isEmpty()) {
            throw notWakeable(host);
        }
        return tasks.submit(HostEmptying.excluding(StandbyWorkflows.EXIT, host), caller, request);
    }
}
