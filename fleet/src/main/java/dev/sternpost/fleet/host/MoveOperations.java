package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.ActivationResult;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.MigrationStatus;
import dev.sternpost.proto.agent.v1.StartMigration;

/**
 * Live migration between two simulated hosts, by the same steps and fences as between agents: shadow, pre-copy, the lock
 * handed over while the guest stands still, and only then the target runs.
 */
final class MoveOperations {
    private static final long PROGRESS_MILLIS = 1_000;

    private final SimulatedHost host;
    private final CommandDesk desk;
    private final World world;

    MoveOperations(SimulatedHost host, CommandDesk desk, World world) {
        this.host = host;
        this.desk = desk;
        this.world = world;
    }

    /** Begins to copy; its result comes when what is left fits the downtime limit. */
    void start(Command command, long incarnation) {
        CopyPlan plan;
        synchronized (host) {
            try {
                HostedVm vm = host.accept(command);
                if (!vm.isOn()) {
                    throw host.wrongState(vm, "must be powered on to be migrated");
                }
                StartMigration order = command.getStartMigration();
                vm.move = new Move(order.getMigrationId(), order.getTargetHostId(), 0, 0);
                vm.leaving = true;
                plan = CopyPlan.of(vm, order, System.currentTimeMillis());
            } catch (FaultException e) {
                desk.answer(command, desk.failed(command, e));
                return;
            }
        }
        long total = world.latency().scaled(plan.totalMillis());
        progress(command, plan, 0, total, incarnation);
        world.after(total, () -> desk.finish(command, incarnation));
    }

    private void progress(Command command, CopyPlan plan, long elapsed, long total, long incarnation) {
        if (host.incarnation() != incarnation) {
            return;
        }
        int percent = total == 0 ? 100 : (int) (100 * elapsed / total);
        host.say(ConnectRequest.newBuilder()
                .setCommandProgress(CommandProgress.newBuilder()
                        .setCommandId(command.getCommandId())
                        .setPercent(percent)
                        .setDetail("copying memory")
                        .setMigration(plan.status(elapsed, false)))
                .build());
        if (elapsed + PROGRESS_MILLIS < total) {
            world.after(PROGRESS_MILLIS, () -> progress(command, plan, elapsed + PROGRESS_MILLIS, total, incarnation));
        }
    }

    CommandResult.Builder run(Command command) {
        return switch (command.getOperationCase()) {
            case PREPARE_INCOMING -> prepare(command);
            case START_MIGRATION -> converged(command);
            case SWITCH_OVER -> switchOver(command);
            case CANCEL_MIGRATION -> cancel(command);
            case ABORT_INCOMING -> abort(command);
            case ACTIVATE_INCOMING -> activate(command);
            case RELEASE_SOURCE -> release(command);
            case ANNOUNCE_VM -> CommandResult.newBuilder();
            default -> throw new IllegalArgumentException(command.getOperationCase() + " is no step of a migration");
        };
    }

    private CommandResult.Builder prepare(Command command) {
        var order = command.getPrepareIncoming();
        var directory = command.getDirectory();
        synchronized (host) {
            HostedVm known = host.find(command.getVmId()).orElse(null);
            if (known != null) {
                SimulatedHost.checkGeneration(command, known);
                if (known.state == VmState.ON || known.state == VmState.HANDED_OVER) {
                    throw new FaultException(
                            FaultCode.VM_RUNNING,
                            known.vmId(),
                            known.vmId() + " is on " + host.id() + " already; migration " + order.getMigrationId()
                                    + " cannot bring it there.");
                }
            }
            VmFiles files =
                    world.datastores().require(new Place(directory.getDatastoreUuid(), directory.getDirectory()));
            HostedVm shadow = new HostedVm(command.getVmId(), files, command.getGeneration(), VmState.INCOMING);
            shadow.move = new Move(order.getMigrationId(), order.getSourceHostId(), order.getNextGeneration(), 0);
            host.note(shadow);
        }
        return CommandResult.newBuilder();
    }

    private CommandResult.Builder converged(Command command) {
        StartMigration order = command.getStartMigration();
        synchronized (host) {
            HostedVm vm = host.require(command.getVmId());
            if (!vm.isOn() || !vm.leaving || !isOf(vm, order.getMigrationId())) {
                throw cancelled(vm.vmId());
            }
            CopyPlan plan = CopyPlan.of(vm, order, System.currentTimeMillis());
            return CommandResult.newBuilder()
                    .setMigration(plan.status(world.latency().scaled(plan.totalMillis()), true));
        }
    }

    private CommandResult.Builder switchOver(Command command) {
        var order = command.getSwitchOver();
        String migration = order.getMigrationId();
        SimulatedHost target;
        long boot;
        synchronized (host) {
            HostedVm vm = host.require(command.getVmId());
            if (vm.state == VmState.HANDED_OVER && isOf(vm, migration)) {
                return switched(vm);
            }
            host.accept(command);
            Move move = vm.move;
            if (!vm.isOn() || !vm.leaving || move == null || !isOf(vm, migration)) {
                throw notSwitched(vm.vmId(), "migration " + migration + " is not under way here");
            }
            target = world.host(move.peerHostId()).orElse(null);
            boot = vm.bootEpochMillis;
        }
        if (target == null || !target.awaits(command.getVmId(), migration)) {
            stay(command.getVmId());
            throw notSwitched(command.getVmId(), "the target does not wait for it");
        }
        CommandResult.Builder result;
        synchronized (host) {
            HostedVm vm = host.require(command.getVmId());
            vm.files().handOver(host.id(), target.id(), order.getNextGeneration());
            world.journal().files(vm.files());
            vm.state = VmState.HANDED_OVER;
            vm.leaving = false;
            host.note(vm);
            result = switched(vm);
        }
        target.arrive(command.getVmId(), migration, boot, CopyPlan.PAUSE_MILLIS);
        return result;
    }

    private static CommandResult.Builder switched(HostedVm vm) {
        return CommandResult.newBuilder()
                .setMigration(MigrationStatus.newBuilder()
                        .setConverged(true)
                        .setEngineDowntimeMs(CopyPlan.PAUSE_MILLIS)
                        .setSentBytes(vm.files().spec().getMemoryBytes()));
    }

    private void stay(String vmId) {
        synchronized (host) {
            host.find(vmId).ifPresent(vm -> {
                vm.leaving = false;
                vm.move = null;
            });
        }
    }

    private CommandResult.Builder cancel(Command command) {
        String migration = command.getCancelMigration().getMigrationId();
        synchronized (host) {
            HostedVm vm = host.find(command.getVmId()).orElse(null);
            if (vm != null && isOf(vm, migration)) {
                if (vm.state == VmState.HANDED_OVER) {
                    throw new FaultException(
                            FaultCode.MIGRATION_PAST_NO_RETURN,
                            vm.vmId(),
                            vm.vmId() + " has been handed over; let the migration end.");
                }
                vm.leaving = false;
            }
            return CommandResult.newBuilder();
        }
    }

    private CommandResult.Builder abort(Command command) {
        String migration = command.getAbortIncoming().getMigrationId();
        synchronized (host) {
            HostedVm vm = host.find(command.getVmId()).orElse(null);
            if (vm == null || !isOf(vm, migration)) {
                return CommandResult.newBuilder();
            }
            if (vm.isOn()) {
                throw new FaultException(
                        FaultCode.VM_RUNNING,
                        vm.vmId(),
                        vm.vmId() + " runs on " + host.id() + " already; the migration cannot be aborted.");
            }
            if (vm.state == VmState.INCOMING) {
                if (vm.files().isHeldBy(host.id())) {
                    throw new FaultException(
                            FaultCode.MIGRATION_PAST_NO_RETURN,
                            vm.vmId(),
                            vm.vmId() + " has been handed over to " + host.id()
                                    + " whole; activate it there instead of aborting.");
                }
                host.drop(vm);
            }
            return CommandResult.newBuilder();
        }
    }

    private CommandResult.Builder activate(Command command) {
        String migration = command.getActivateIncoming().getMigrationId();
        synchronized (host) {
            HostedVm vm = host.require(command.getVmId());
            Move move = vm.move;
            if (move == null || !isOf(vm, migration)) {
                throw lost(vm.vmId());
            }
            if (vm.state == VmState.INCOMING) {
                letRun(vm, move, System.currentTimeMillis());
            } else if (!vm.isOn()) {
                throw lost(vm.vmId());
            }
            return CommandResult.newBuilder()
                    .setActivation(ActivationResult.newBuilder()
                            .setRunning(true)
                            .setDowntimeMs(move.pauseMillis())
                            .setDowntimeSource("engine"));
        }
    }

    /** The shadow becomes the virtual machine; only while the lock names this host. */
    void letRun(HostedVm vm, Move move, long bootEpochMillis) {
        Lock lock = vm.files().lock();
        if (lock == null || !lock.hostId().equals(host.id()) || lock.generation() != move.nextGeneration()) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    vm.vmId(),
                    host.id() + " does not hold the lock of " + vm.vmId() + ", so it must not run there.");
        }
        vm.state = VmState.ON;
        vm.generation = move.nextGeneration();
        vm.bootEpochMillis = bootEpochMillis;
        host.note(vm);
    }

    private CommandResult.Builder release(Command command) {
        synchronized (host) {
            host.find(command.getVmId())
                    .filter(vm -> vm.state == VmState.HANDED_OVER
                            && isOf(vm, command.getReleaseSource().getMigrationId()))
                    .ifPresent(host::drop);
            return CommandResult.newBuilder();
        }
    }

    static boolean isOf(HostedVm vm, String migration) {
        Move move = vm.move;
        return move != null && move.id().equals(migration);
    }

    private static FaultException cancelled(String vmId) {
        return new FaultException(
                FaultCode.OPERATION_CANCELLED, vmId, "the migration of " + vmId + " was cancelled; it runs on here.");
    }

    private static FaultException notSwitched(String vmId, String why) {
        return new FaultException(
                FaultCode.MIGRATION_FAILED,
                vmId,
                "the switch-over of " + vmId + " did not take place (" + why
                        + "); the guest runs on where it was. Migrate it again.");
    }

    private FaultException lost(String vmId) {
        return new FaultException(
                FaultCode.MIGRATION_FAILED,
                vmId,
                "the shadow of " + vmId + " on " + host.id()
                        + " is gone, and its memory with it; power it on to start it from its disks.");
    }
}
