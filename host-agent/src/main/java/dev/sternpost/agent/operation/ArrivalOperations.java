package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.ReceiveFiles;
import dev.sternpost.agent.operation.Operation.TakeFiles;
import dev.sternpost.agent.relay.IncomingFiles;
import dev.sternpost.agent.vmdirectory.ArrivingHome;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;

/** Takes the files of a virtual machine that comes from a host with which this one shares no datastore. Called in the virtual machine's turn. */
final class ArrivalOperations {

    private final HostKit host;
    private final Vms vms;
    private final Arrivals arrivals;

    ArrivalOperations(HostKit host, Vms vms, Arrivals arrivals) {
        this.host = host;
        this.vms = vms;
        this.arrivals = arrivals;
    }

    /** Makes the new directory and lets the source send what goes into it. */
    void receive(AgentCommand command, ReceiveFiles order) {
        VmPlace place = command.place();
        if (place == null) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "the command lacks the directory; this is a defect of the server.");
        }
        if (arrivals.wasEnded(order.moveId())) {
            throw SourceOperations.cancelled(command.vmId());
        }
        host.ledger().vm(command.vmId()).ifPresent(known -> {
            vms.checkGeneration(command, known);
            refuseOccupied(known, order.moveId());
        });
        VmRecord record = VmRecord.off(
                        command.vmId(), command.generation(), place.datastoreUuid(), place.directory(), order.vmxName())
                .withState(LedgerState.INCOMING)
                .withMigration(new MigrationMark(
                        order.moveId(), MigrationMark.Role.TARGET, order.sourceHostId(), order.nextGeneration()))
                .withMove(new MoveMark(order.moveId(), place.datastoreUuid(), place.directory()));
        ArrivingHome home = arrivals.home(record);
        home.make();
        host.ledger().put(record);
        arrivals.listensBy(
                record.vmId(),
                host.relay()
                        .expectFiles(new IncomingFiles(
                                order.moveId(), order.ticket(), order.sourceHostId(), new Sink(home))));
    }

    private record Sink(ArrivingHome home) implements IncomingFiles.Sink {
        @Override
        public Path path(String name, long bytes) throws IOException {
            return home.path(name, bytes);
        }

        @Override
        public void arrived(Path file) throws IOException {
            home.arrived(file);
        }
    }

    private void refuseOccupied(VmRecord record, String moveId) {
        boolean again =
                isAwaited(record, moveId) && vms.entry(record.vmId()).incoming().isEmpty();
        boolean gone = record.state() == LedgerState.GONE
                || record.move() == null
                        && (record.state() == LedgerState.OFF || record.state() == LedgerState.SUSPENDED);
        if (!again && !gone) {
            throw new FaultException(
                    FaultCode.VM_RUNNING,
                    record.vmId(),
                    record.vmId() + " is on " + host.hostId() + " already, or arrives there; move " + moveId
                            + " cannot bring it there.");
        }
    }

    static boolean isAwaited(VmRecord record, String moveId) {
        MoveMark travel = record.travel();
        return record.state() == LedgerState.INCOMING
                && travel != null
                && travel.moveId().equals(moveId);
    }

    /** The files of a virtual machine that does not run are this host's from now on. */
    Payload take(AgentCommand command, TakeFiles order) {
        VmRecord record = vms.require(command.vmId());
        if (isAwaited(record, order.moveId())) {
            ArrivingHome home = arrivals.home(record);
            home.complete();
            MigrationMark mark = record.migration();
            VmRecord here = record.withMigration(null)
                    .withGeneration(Math.max(record.generation(), mark == null ? 0 : mark.nextGeneration()));
            VmRecord settled = here.withState(vms.stateAtRest(here));
            host.ledger().put(settled);
            arrivals.settle(record);
            vms.note(settled, "came here from another host by move " + order.moveId());
        } else if (record.state() != LedgerState.OFF && record.state() != LedgerState.SUSPENDED
                || !vms.place(record).equals(command.place())) {
            throw new FaultException(
                    FaultCode.MIGRATION_FAILED,
                    record.vmId(),
                    "the files of " + record.vmId() + " did not come to " + host.hostId() + " by move " + order.moveId()
                            + "; look at where it is.");
        }
        VmRecord now = vms.require(command.vmId());
        return new Payload.Shape(
                host.directories().read(vms.directory(now), now.vmxName()).shape());
    }
}
