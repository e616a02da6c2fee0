package dev.sternpost.agent.operation;

import dev.sternpost.agent.allocation.Allocations;
import dev.sternpost.agent.engine.EngineListener;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which class does what, and what waits for the virtual machine's turn. */
final class Handlers {

    private final Vms vms;
    private final PowerOperations power;
    private final DirectoryOperations directory;
    private final GuestOperations guest;
    private final SourceOperations source;
    private final SwitchOverOperation switchOver;
    private final TargetOperations target;
    private final StorageOperations storage;
    private final DepartureOperations departures;
    private final ArrivalOperations arrivals;
    private final Recovery recovery;
    private final Allocations allocations;
    private final MachineOperations machine;
    private final KeptVms kept;

    Handlers(
            HostKit host,
            Vms vms,
            Reporter reporter,
            EngineListener listener,
            Workers workers,
            Allocations allocations) {
        this.vms = vms;
        this.allocations = allocations;
        this.machine = new MachineOperations(host, vms, workers);
        SourceSettlement settlement = new SourceSettlement(host, vms);
        this.power = new PowerOperations(host, vms, listener);
        this.kept = new KeptVms(host, vms, power);
        this.directory = new DirectoryOperations(host, vms);
        this.guest = new GuestOperations(host, vms);
        this.source = new SourceOperations(host, vms, reporter, settlement, workers);
        this.departures = new DepartureOperations(host, vms, reporter);
        Arrivals arrived = new Arrivals(host, vms);
        this.arrivals = new ArrivalOperations(host, vms, arrived);
        this.switchOver = new SwitchOverOperation(host, vms, settlement, departures);
        this.target = new TargetOperations(host, vms, listener, workers, arrived);
        StorageSettlement storageSettlement = new StorageSettlement(host, vms);
        this.storage = new StorageOperations(host, vms, reporter, storageSettlement, workers);
        this.recovery = new Recovery(
                host,
                vms,
                listener,
                power,
                target,
                new Settlements(settlement, storageSettlement, arrived, departures));
    }

    Recovery recovery() {
        return recovery;
    }

    KeptVms kept() {
        return kept;
    }

    @Nullable
    Payload run(AgentCommand command) {
        return switch (command.operation()) {
            case Operation.CreateVm create -> inTurn(command, () -> directory.create(command, create));
            case Operation.DeleteVm _ -> doInTurn(command, () -> directory.delete(command));
            case Operation.ReadVmDirectory _ -> directory.read(command);
            case Operation.AdoptVm adopt -> inTurn(command, () -> directory.adopt(command, adopt));
            case Operation.ForgetVm _ -> doInTurn(command, () -> directory.forget(command));
            case Operation.ReconfigureVm change -> inTurn(command, () -> directory.reconfigure(command, change));
            case Operation.RenameVm rename -> doInTurn(command, () -> directory.rename(command, rename));
            case Operation.PowerOnVm(String cpuModel) -> doInTurn(command, () -> power.powerOn(command, cpuModel));
            case Operation.PowerOffVm _ -> doInTurn(command, () -> power.powerOff(command));
            case Operation.ShutdownVm shutdown -> {
                power.shutdown(command, shutdown);
                yield null;
            }
            case Operation.ResetVm _ -> doInTurn(command, () -> power.reset(command));
            case Operation.SuspendVm _ -> doInTurn(command, () -> power.suspend(command));
            case Operation.PrepareIncoming order -> doInTurn(command, () -> target.prepare(command, order));
            case Operation.StartMigration order -> source.start(command, order);
            case Operation.SwitchOver order -> inTurn(command, () -> switchOver.run(command, order));
            case Operation.CancelMigration order -> {
                if (!departures.cancel(command.vmId(), order.migrationId())) {
                    source.cancel(command, order.migrationId());
                }
                yield null;
            }
            case Operation.AbortIncoming order -> doInTurn(command, () -> target.abort(command, order));
            case Operation.ActivateIncoming order -> target.activate(command, order);
            case Operation.AnnounceVm _ -> {
                guest.announce(command);
                yield null;
            }
            case Operation.ReleaseSource order -> doInTurn(command, () -> source.release(command, order));
            case Operation.MoveFiles order -> {
                storage.start(command, order);
                yield null;
            }
            case Operation.SwitchFiles order -> inTurn(command, () -> storage.switchFiles(command, order));
            case Operation.CancelFileMove order -> {
                storage.cancel(command, order);
                yield null;
            }
            case Operation.RemoveMovedFiles order -> {
                storage.removeOld(order);
                yield null;
            }
            case Operation.ReceiveFiles order -> doInTurn(command, () -> arrivals.receive(command, order));
            case Operation.SendFiles order -> {
                departures.send(command, order);
                yield null;
            }
            case Operation.HandOverFiles order -> doInTurn(command, () -> departures.handOver(command, order));
            case Operation.TakeFiles order -> inTurn(command, () -> arrivals.take(command, order));
            case Operation.RunProgram program -> guest.run(command, program);
            case Operation.ReadConsole console -> guest.console(command, console);
            case Operation.Screenshot _ -> guest.screenshot(command);
            case Operation.Browse browse -> guest.browse(browse);
            case Operation.ApplyAllocations order -> {
                allocations.order(order.allocations(), order.validFor(), order.revision());
                yield null;
            }
            case Operation.PowerOffHost _ -> {
                machine.powerOff();
                yield null;
            }
            case Operation.SendMagicPacket order -> {
                MachineOperations.broadcast(order.packet());
                yield null;
            }
            case Operation.QueryVm _ -> {
                vms.require(command.vmId());
                yield null;
            }
        };
    }

    private Payload inTurn(AgentCommand command, Supplier<Payload> work) {
        return vms.inTurn(command.vmId(), work::get);
    }

    private @Nullable Payload doInTurn(AgentCommand command, Runnable work) {
        vms.inTurn(command.vmId(), () -> {
            work.run();
            return true;
        });
        return null;
    }
}
