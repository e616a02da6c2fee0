package dev.sternpost.server.simulation;

import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.server.simulation.SimulatedDatastore.Directory;
import dev.sternpost.server.simulation.SimulatedDatastore.Lock;
import dev.sternpost.vmotion.precopy.PrecopyProgress;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One agent: its ledger with the fences of the protocol, and what each order does. */
final class SimulatedHost {
    /** What the ledger knows of a VM. */
    static final class Entry {
        long generation;
        VmObservation.State state = VmObservation.State.POWERED_OFF;
        String directory;
        String migrationId = "";
        boolean filesGoAlong;
        /** The CPU its guest was powered on with. */
        String cpuModel = "";

        Entry(String directory, long generation) {
            this.directory = directory;
            this.generation = generation;
        }
    }

    private record Answered(
            @Nullable HostAnswer answer, @Nullable FaultException fault) {}

    private final HostId id;
    private final SimulatedHosts fleet;
    private final SimulatedDatastore datastore;
    final Map<VirtualMachineId, Entry> ledger = new TreeMap<>();
    private final Map<String, Answered> answered = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    int announcements;

    SimulatedHost(HostId id, SimulatedHosts fleet, SimulatedDatastore datastore) {
        this.id = id;
        this.fleet = fleet;
        this.datastore = datastore;
    }

    /** Checks the fences, then does it, once per key. */
    HostAnswer perform(HostCommand command) {
        boolean read = command.taskId().isEmpty();
        if (!read && epochs.merge(command.taskId(), command.leaseEpoch(), Math::max) > command.leaseEpoch()) {
            throw new FaultException(FaultCode.STALE_EPOCH, "another server drives " + command.taskId());
        }
        Answered before = answered.get(command.key());
        if (before == null) {
            before = once(command);
            if (!read) {
                answered.put(command.key(), before);
            }
        }
        if (before.fault() != null) {
            throw before.fault();
        }
        return Objects.requireNonNull(before.answer());
    }

    private Answered once(HostCommand command) {
        try {
            VirtualMachineId vm = command.vmId();
            HostAnswer answer = vm == null ? new HostAnswer(null, onHost(command.operation())) : fenced(vm, command);
            return new Answered(answer, null);
        } catch (FaultException e) {
            return new Answered(null, e);
        }
    }

    private HostAnswer fenced(VirtualMachineId vm, HostCommand command) {
        Entry entry = ledger.get(vm);
        if (entry != null && command.generation() < entry.generation) {
            throw new FaultException(
                    FaultCode.STALE_GENERATION, vm.value(), "generation " + entry.generation + " was accepted");
        }
        HostPayload payload =
                onVm(vm, Objects.requireNonNull(command.location()).directory(), command);
        Entry after = ledger.get(vm);
        if (after != null && after.state != VmObservation.State.INCOMING) {
            after.generation = Math.max(after.generation, command.generation());
        }
        return new HostAnswer(after == null ? null : observation(vm, after), payload);
    }

    private static HostPayload onHost(HostOperation operation) {
        return operation instanceof HostOperation.Browse
                ? new HostPayload.Listing(List.of(new HostPayload.Listing.Entry("web-1", true, 0, 0)))
                : new HostPayload.None();
    }

    private HostPayload onVm(VirtualMachineId vm, String path, HostCommand command) {
        switch (command.operation()) {
            case HostOperation.CreateVm create -> {
                return create(vm, path, create.shape());
            }
            case HostOperation.ReadVmDirectory read -> {
                return new HostPayload.Shape(directory(path).shape);
            }
            case HostOperation.ReconfigureVm change -> {
                requireStopped(vm);
                directory(path).shape = SimulatedShapes.withFiles(change.shape());
                return new HostPayload.Shape(directory(path).shape);
            }
            case HostOperation.StartMigration start -> {
                requireRunning(vm).migrationId = start.migrationId();
                entry(vm).filesGoAlong = start.filesTo() != null;
                return migration(true);
            }
            case HostOperation.SwitchOver switchOver -> {
                return switchOver(vm, path, switchOver);
            }
            case HostOperation.ActivateIncoming activate -> {
                activate(vm, path);
                return new HostPayload.Activation(true, 12.5, HostPayload.DowntimeSource.GUEST_TICKER);
            }
            case HostOperation.SwitchFiles switchFiles -> {
                directory(path).movedBy = switchFiles.moveId();
                return new HostPayload.Shape(directory(path).shape);
            }
            case HostOperation.TakeFiles take -> {
                entry(vm).state =
                        directory(path).hasMemory ? VmObservation.State.SUSPENDED : VmObservation.State.POWERED_OFF;
                return new HostPayload.Shape(directory(path).shape);
            }
            case HostOperation.RunProgram program -> {
                requireRunning(vm);
                return new HostPayload.ProgramResult(0, new byte[] {'o', 'k'}, new byte[0]);
            }
            case HostOperation.ReadConsole console -> {
                return new HostPayload.ConsoleLog(new byte[] {'h', 'i'}, 2);
            }
            case HostOperation.Screenshot screenshot -> {
                requireRunning(vm);
                return new HostPayload.Screen(new byte[] {1});
            }
            case HostOperation.DeleteVm delete -> delete(vm, path);
            case HostOperation.AdoptVm adopt -> {
                directory(path);
                ledger.computeIfAbsent(vm, unused -> new Entry(path, command.generation())).state =
                        directory(path).hasMemory ? VmObservation.State.SUSPENDED : VmObservation.State.POWERED_OFF;
            }
            case HostOperation.ForgetVm forget -> {
                requireStopped(vm);
                ledger.remove(vm);
            }
            case HostOperation.RenameVm rename ->
                directory(path).shape = SimulatedShapes.named(directory(path).shape, rename.name());
            case HostOperation.PowerOnVm powerOn -> powerOn(vm, path, command.generation(), powerOn.cpuModel());
            case HostOperation.PowerOffVm powerOff -> stop(vm, path, VmObservation.State.POWERED_OFF);
            case HostOperation.ShutdownVm shutdown -> stop(vm, path, VmObservation.State.POWERED_OFF);
            case HostOperation.SuspendVm suspend -> {
                requireRunning(vm);
                stop(vm, path, VmObservation.State.SUSPENDED);
                directory(path).hasMemory = true;
            }
            case HostOperation.ResetVm reset -> requireRunning(vm);
            case HostOperation.PrepareIncoming prepare -> {
                Entry entry = ledger.computeIfAbsent(vm, unused -> new Entry(path, 0));
                entry.state = VmObservation.State.INCOMING;
                entry.migrationId = prepare.migrationId();
            }
            case HostOperation.ReceiveFiles receive -> {
                Entry entry = ledger.computeIfAbsent(vm, unused -> new Entry(path, 0));
                entry.state = VmObservation.State.INCOMING;
                entry.migrationId = receive.moveId();
            }
            case HostOperation.SendFiles send -> {
                if (fleet.incoming(vm, send.moveId()) == null) {
                    throw new FaultException(FaultCode.MIGRATION_FAILED, vm.value(), "the target does not expect it");
                }
            }
            case HostOperation.HandOverFiles handOver -> {
                requireStopped(vm);
                directory(path).movedBy = handOver.moveId();
                ledger.remove(vm);
            }
            case HostOperation.CancelMigration cancel -> {
                if (cancel.migrationId().equals(directory(path).movedBy)) {
                    throw new FaultException(FaultCode.MIGRATION_PAST_NO_RETURN, "it was given away");
                }
                Entry entry = ledger.get(vm);
                if (entry != null && entry.state == VmObservation.State.HANDED_OVER) {
                    throw new FaultException(FaultCode.MIGRATION_PAST_NO_RETURN, "the lock was handed over");
                }
                if (entry != null) {
                    entry.migrationId = "";
                }
            }
            case HostOperation.AbortIncoming abort -> {
                Entry entry = ledger.get(vm);
                if (entry != null && entry.state == VmObservation.State.POWERED_ON) {
                    throw new FaultException(FaultCode.VM_RUNNING, "it runs here");
                }
                ledger.remove(vm);
            }
            // Directories keep their names on another datastore, so they need not move in this one.
            case HostOperation.MoveFiles move -> entry(vm);
            case HostOperation.CancelFileMove cancel -> {
                if (cancel.moveId().equals(directory(path).movedBy)) {
                    throw new FaultException(FaultCode.MIGRATION_PAST_NO_RETURN, "the files have moved");
                }
            }
            case HostOperation.RemoveMovedFiles remove -> {
                if (directory(path).movedBy.isEmpty()) {
                    throw new FaultException(FaultCode.VM_LOCKED, "the files have not moved");
                }
                directory(path).oldFilesGone = true;
            }
            case HostOperation.AnnounceVm announce -> announcements++;
            case HostOperation.ReleaseSource release -> {
                Entry entry = ledger.get(vm);
                if (entry != null && entry.state == VmObservation.State.HANDED_OVER) {
                    ledger.remove(vm);
                }
            }
            case HostOperation.QueryVm query -> {}
            case HostOperation.ApplyAllocations order -> {}
            case HostOperation.PowerOffHost order -> {}
            case HostOperation.SendMagicPacket order -> {}
            case HostOperation.Browse browse -> {}
        }
        return new HostPayload.None();
    }

    private HostPayload create(VirtualMachineId vm, String path, VmShape shape) {
        if (datastore.directories.containsKey(path)) {
            throw new FaultException(FaultCode.NAME_TAKEN, "there is a directory " + path);
        }
        VmShape made = SimulatedShapes.withFiles(shape);
        datastore.put(path, made);
        ledger.put(vm, new Entry(path, 0));
        return new HostPayload.Shape(made);
    }

    private void delete(VirtualMachineId vm, String path) {
        Entry entry = ledger.get(vm);
        if (entry == null) {
            return;
        }
        requireStopped(vm);
        datastore.directories.remove(path);
        ledger.remove(vm);
    }

    private void powerOn(VirtualMachineId vm, String path, long generation, String cpuModel) {
        Entry entry = entry(vm);
        Directory directory = directory(path);
        Lock lock = directory.lock;
        if (lock != null && !lock.owner().equals(id)) {
            throw new FaultException(FaultCode.VM_LOCKED, vm.value(), "locked by " + lock.owner());
        }
        directory.lock = new Lock(id, generation);
        if (!directory.hasMemory) {
            directory.cpuModel = cpuModel.isEmpty() ? fleet.cpuModel : cpuModel;
        }
        entry.cpuModel = directory.cpuModel;
        directory.hasMemory = false;
        entry.state = VmObservation.State.POWERED_ON;
    }

    private void stop(VirtualMachineId vm, String path, VmObservation.State state) {
        Entry entry = ledger.get(vm);
        if (entry == null) {
            return;
        }
        entry.state = state;
        Directory directory = datastore.directories.get(path);
        if (directory != null
                && directory.lock != null
                && directory.lock.owner().equals(id)) {
            directory.lock = null;
        }
    }

    private HostPayload switchOver(VirtualMachineId vm, String path, HostOperation.SwitchOver order) {
        Entry entry = requireRunning(vm);
        HostId target = fleet.incoming(vm, order.migrationId());
        if (target == null) {
            throw new FaultException(FaultCode.MIGRATION_FAILED, vm.value(), "the target has no shadow any more");
        }
        directory(path).lock = new Lock(target, order.nextGeneration());
        entry.state = VmObservation.State.HANDED_OVER;
        if (entry.filesGoAlong) {
            directory(path).movedBy = order.migrationId();
        }
        fleet.later(1, () -> fleet.host(target).go(vm, path));
        return migration(true);
    }

    /** The source's word that the guest may run here. */
    private void go(VirtualMachineId vm, String path) {
        Entry entry = ledger.get(vm);
        if (entry != null && entry.state == VmObservation.State.INCOMING) {
            activate(vm, path);
        }
    }

    private void activate(VirtualMachineId vm, String path) {
        Entry entry = entry(vm);
        if (entry.state == VmObservation.State.POWERED_OFF) {
            throw new FaultException(FaultCode.MIGRATION_FAILED, vm.value(), "the shadow is gone");
        }
        Lock lock = directory(path).lock;
        if (lock == null || !lock.owner().equals(id)) {
            throw new FaultException(FaultCode.VM_LOCKED, vm.value(), "the lock does not name " + id);
        }
        entry.state = VmObservation.State.POWERED_ON;
        entry.generation = lock.generation();
        entry.cpuModel = directory(path).cpuModel;
    }

    VmObservation startAgain(VirtualMachineId vm, String path) {
        Directory directory = directory(path);
        Lock lock = new Lock(id, Objects.requireNonNull(directory.lock).generation() + 1);
        directory.lock = lock;
        Entry entry = new Entry(path, lock.generation());
        entry.state = VmObservation.State.POWERED_ON;
        ledger.put(vm, entry);
        return observation(vm, entry);
    }

    void loseShadow(VirtualMachineId vm) {
        Entry entry = entry(vm);
        Directory directory = directory(entry.directory);
        Lock lock = directory.lock;
        if (lock == null || !lock.owner().equals(id)) {
            ledger.remove(vm);
            return;
        }
        entry.generation = lock.generation();
        entry.state = VmObservation.State.POWERED_OFF;
        entry.migrationId = "";
        directory.lock = null;
    }

    private Entry entry(VirtualMachineId vm) {
        Entry entry = ledger.get(vm);
        if (entry == null) {
            throw new FaultException(FaultCode.HOST_ERROR, vm.value(), vm + " is not known on " + id);
        }
        return entry;
    }

    private Entry requireRunning(VirtualMachineId vm) {
        Entry entry = entry(vm);
        if (entry.state != VmObservation.State.POWERED_ON) {
            throw new FaultException(FaultCode.VM_WRONG_POWER_STATE, vm.value(), vm + " is " + entry.state);
        }
        return entry;
    }

    private void requireStopped(VirtualMachineId vm) {
        Entry entry = ledger.get(vm);
        if (entry != null && entry.state == VmObservation.State.POWERED_ON) {
            throw new FaultException(FaultCode.VM_RUNNING, vm.value(), vm + " runs");
        }
    }

    private Directory directory(String path) {
        Directory directory = datastore.directories.get(path);
        if (directory == null) {
            throw new FaultException(FaultCode.FILE_NOT_FOUND, "there is no directory " + path);
        }
        return directory;
    }

    static HostPayload.Migration migration(boolean converged) {
        PrecopyRound round = new PrecopyRound(1, 1 << 27, 1 << 20, 1 << 20, 1000);
        PrecopyProgress progress = new PrecopyProgress(List.of(round), 1 << 20, 1 << 27, 1000);
        return new HostPayload.Migration(new HostPayload.MigrationReport(progress, 1 << 27, converged, 0, null));
    }

    VmObservation observation(VirtualMachineId vm, Entry entry) {
        boolean running = entry.state == VmObservation.State.POWERED_ON;
        GuestHardware hardware = SimulatedShapes.hardware(running ? entry.cpuModel : "");
        String owner = datastore.lockOwner(entry.directory);
        return new VmObservation(
                vm, entry.generation, entry.state, running, GuestInfo.UNKNOWN, "", null, owner, hardware);
    }
}
