package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a host's commands: each once by its key, after about the time it would take, and the answer kept until the server has
 * done with its task.
 */
final class CommandDesk {
    private static final Logger log = LoggerFactory.getLogger(CommandDesk.class);

    /** As an agent. */
    private static final int COMMANDS_MAX = 256;

    private static final long POWER_OFF_MILLIS = 100;

    private final SimulatedHost host;
    private final World world;
    private final VmOperations operations;
    private final MoveOperations moves;

    // Guarded by the host.
    private final TaskBooks tasks = new TaskBooks();
    private long allocationsRevision;

    CommandDesk(SimulatedHost host, VmOperations operations, World world) {
        this.host = host;
        this.world = world;
        this.operations = operations;
        this.moves = new MoveOperations(host, this, world);
    }

    MoveOperations moves() {
        return moves;
    }

    /** Takes a command; the answer comes by the outlet when the work is done. */
    void command(Command command) {
        long delay;
        synchronized (host) {
            try {
                Optional<CommandResult> stored = tasks.result(command);
                if (stored.isPresent()) {
                    host.say(Messages.result(stored.get()));
                    return;
                }
                if (tasks.underWayCount() >= COMMANDS_MAX) {
                    throw new FaultException(
                            FaultCode.OVERLOADED,
                            host.id() + " has " + COMMANDS_MAX + " commands under way; try again in a moment.");
                }
                if (!tasks.begin(command.getCommandId())) {
                    return; // Its end will be reported.
                }
            } catch (FaultException e) {
                host.say(Messages.result(failed(command, e)));
                return;
            }
            delay = world.latency().millisOf(command.getOperationCase(), host.has(HostFault.SLOW));
        }
        long started = host.incarnation();
        if (command.hasStartMigration()) {
            moves.start(command, started);
        } else if (delay <= 0) {
            finish(command, started);
        } else {
            world.after(delay, () -> finish(command, started));
        }
    }

    /** The results of a task need not be kept. */
    void forgetTask(String taskId) {
        tasks.forget(taskId);
    }

    /** Does the work and answers, unless the power was cut meanwhile. */
    void finish(Command command, long startedIncarnation) {
        CommandResult result;
        try {
            if (isOver(startedIncarnation)) {
                return;
            }
            result = isPretended(command)
                    ? CommandResult.newBuilder()
                            .setCommandId(command.getCommandId())
                            .build()
                    : run(command);
        } catch (FaultException e) {
            result = failed(command, e);
        } catch (RuntimeException e) {
            // The edge of the host: whatever it is, the server must get an answer; a task waits for it.
            log.error("{}: {} failed by a defect", host.name(), command.getCommandId(), e);
            result = failed(
                    command,
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "the simulated host " + host.name() + " failed; look at the fleet's log.")
                            .withContext(e.toString())
                            .exception());
        }
        answer(command, result);
    }

    private boolean isOver(long startedIncarnation) {
        return startedIncarnation != host.incarnation() || host.has(HostFault.DEAD);
    }

    private boolean isPretended(Command command) {
        return host.has(HostFault.LYING) && (command.hasPowerOnVm() || command.hasPowerOffVm());
    }

    private CommandResult run(Command command) {
        CommandResult.Builder result = switch (command.getOperationCase()) {
            case CREATE_VM, DELETE_VM, READ_VM_DIRECTORY, ADOPT_VM, FORGET_VM, RECONFIGURE_VM, RENAME_VM, BROWSE ->
                operations.directory(command);
            case POWER_ON_VM, POWER_OFF_VM, SHUTDOWN_VM, RESET_VM, SUSPEND_VM -> operations.power(command);
            case RUN_PROGRAM, READ_CONSOLE, SCREENSHOT, QUERY_VM -> operations.guest(command);
            case PREPARE_INCOMING,
                    START_MIGRATION,
                    SWITCH_OVER,
                    CANCEL_MIGRATION,
                    ABORT_INCOMING,
                    ACTIVATE_INCOMING,
                    ANNOUNCE_VM,
                    RELEASE_SOURCE -> moves.run(command);
            case APPLY_ALLOCATIONS, POWER_OFF_HOST, SEND_MAGIC_PACKET -> onHost(command);
            case MOVE_FILES,
                    SWITCH_FILES,
                    CANCEL_FILE_MOVE,
                    REMOVE_MOVED_FILES,
                    RECEIVE_FILES,
                    SEND_FILES,
                    HAND_OVER_FILES,
                    TAKE_FILES ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, "simulated hosts do not move files; try it with a real one.");
            case OPERATION_NOT_SET ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, "this host does not know that command; update the fleet.");
        };
        return result.setCommandId(command.getCommandId()).build();
    }

    private CommandResult.Builder onHost(Command command) {
        if (command.hasApplyAllocations()) {
            allocate(command);
        } else if (command.hasPowerOffHost()) {
            if (host.count().running() > 0) {
                throw new FaultException(
                        FaultCode.VM_RUNNING, "a virtual machine runs on " + host.id() + "; move it away first.");
            }
            world.after(POWER_OFF_MILLIS, () -> host.fault(HostFault.DEAD));
        }
        return CommandResult.newBuilder();
    }

    private void allocate(Command command) {
        synchronized (host) {
            allocateNow(command);
        }
    }

    private void allocateNow(Command command) {
        var order = command.getApplyAllocations();
        if (order.getRevision() < allocationsRevision) {
            return;
        }
        allocationsRevision = order.getRevision();
        host.books().forEach(vm -> vm.cpuLimitPermille = HostedVm.UNLIMITED);
        order.getAllocationsList().forEach(wanted -> {
            HostedVm vm = host.find(wanted.getVmId()).orElse(null);
            if (vm != null && wanted.hasCpuLimitPermille()) {
                vm.cpuLimitPermille = wanted.getCpuLimitPermille();
            }
        });
        long revision = allocationsRevision;
        world.after(order.getValidForMs(), () -> liftLimits(revision));
    }

    private void liftLimits(long revision) {
        synchronized (host) {
            if (allocationsRevision == revision) {
                host.books().forEach(vm -> vm.cpuLimitPermille = HostedVm.UNLIMITED);
            }
        }
    }

    /** The power was cut: nothing is under way any more. */
    void clear() {
        tasks.clear();
    }

    void answer(Command command, CommandResult result) {
        synchronized (host) {
            HostedVm vm = host.find(command.getVmId()).orElse(null);
            CommandResult whole = vm == null
                    ? result
                    : result.toBuilder().setVm(host.status(vm)).build();
            tasks.end(command, whole);
            host.answer(whole, vm);
        }
    }

    CommandResult failed(Command command, FaultException e) {
        return CommandResult.newBuilder()
                .setCommandId(command.getCommandId())
                .setFault(Messages.fault(e))
                .build();
    }
}
