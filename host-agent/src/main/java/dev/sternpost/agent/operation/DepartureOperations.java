package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.HandOverFiles;
import dev.sternpost.agent.operation.Operation.SendFiles;
import dev.sternpost.agent.operation.Operation.StartMigration;
import dev.sternpost.agent.relay.OutgoingFiles;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the files of a virtual machine to a host with which this one shares no datastore. Of one that runs only the small files: its disks go from
 * hypervisor to hypervisor. One that does not run is given away by a sign where its lock would be, and is gone here with that write.
 */
final class DepartureOperations {

    private static final Logger log = LoggerFactory.getLogger(DepartureOperations.class);

    private static final long REPORT_MILLIS = 500;
    private static final long END_WAIT_SECONDS_MAX = 60;

    private final HostKit host;
    private final Vms vms;
    private final Reporter reporter;
    private final Map<String, Departure> departures = new ConcurrentHashMap<>();
    private final EndedMigrations ended = new EndedMigrations();

    DepartureOperations(HostKit host, Vms vms, Reporter reporter) {
        this.host = host;
        this.vms = vms;
        this.reporter = reporter;
    }

    /** One that does not run, on its way. */
    private static final class Departure {
        final String moveId;
        final CountDownLatch over = new CountDownLatch(1);
        volatile boolean cancelled;
        volatile boolean sent;

        Departure(String moveId) {
            this.moveId = moveId;
        }
    }

    /** Returns when the target has all files. */
    void send(AgentCommand command, SendFiles order) {
        VmRecord found = vms.require(command.vmId());
        vms.checkGeneration(command, found);
        if (found.state() == LedgerState.ON) {
            StoredVm vm = host.directories().read(vms.directory(found), found.vmxName());
            host.relay().sendFiles(outgoing(order, items(vm, false)), new Watch(command.commandId(), 0, null));
            return;
        }
        Departure departure = vms.inTurn(command.vmId(), () -> begin(command, order));
        if (departure.sent) {
            return;
        }
        try {
            StoredVm vm = host.directories().read(vms.directory(found), found.vmxName());
            host.directories().requireWhole(vm);
            List<OutgoingFiles.Item> items = items(vm, true);
            long totalBytes = items.stream()
                    .mapToLong(item -> item.file().toFile().length())
                    .sum();
            host.relay().sendFiles(outgoing(order, items), new Watch(command.commandId(), totalBytes, departure));
            departure.sent = true;
        } catch (RuntimeException e) {
            vms.inTurn(command.vmId(), () -> stay(command.vmId(), departure));
            throw departure.cancelled ? cancelled(command.vmId()) : e;
        } finally {
            departure.over.countDown();
        }
    }

    private Departure begin(AgentCommand command, SendFiles order) {
        Departure known = departures.get(command.vmId());
        if (known != null && known.moveId.equals(order.moveId()) && known.sent) {
            return known;
        }
        VmRecord record = vms.acceptAlone(command);
        if (record.state() != LedgerState.OFF && record.state() != LedgerState.SUSPENDED) {
            throw vms.wrongState(record, "must be on, off or suspended to be moved");
        }
        if (ended.contains(order.moveId())) {
            throw cancelled(record.vmId());
        }
        vms.lock(record).holder().ifPresent(holder -> {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    record.vmId(),
                    record.vmId() + " does not run here but is locked (" + holder
                            + "): it is about to be started again. Wait for that, then try again.");
        });
        VmPlace target = order.target();
        host.ledger()
                .put(record.withMigration(new MigrationMark(
                                order.moveId(),
                                MigrationMark.Role.SOURCE,
                                order.targetHostId(),
                                order.nextGeneration()))
                        .withMove(new MoveMark(order.moveId(), target.datastoreUuid(), target.directory())));
        Departure departure = new Departure(order.moveId());
        departures.put(record.vmId(), departure);
        vms.note(record, "its move " + order.moveId() + " to " + order.targetHostId() + " began");
        return departure;
    }

    private boolean stay(String vmId, Departure departure) {
        departures.remove(vmId, departure);
        vms.find(vmId)
                .filter(record -> record.travel() != null)
                .ifPresent(record -> host.ledger().put(record.withMigration(null)));
        return true;
    }

    /** Of a running one, what was written since {@link #send}; in vain is no harm. */
    void sendLogs(VmRecord record, StartMigration order) {
        try {
            StoredVm vm = host.directories().read(vms.directory(record), record.vmxName());
            List<OutgoingFiles.Item> logs = items(vm, false).stream()
                    .filter(item -> item.name().endsWith(".log"))
                    .toList();
            OutgoingFiles files = new OutgoingFiles(
                    order.migrationId(), order.ticket(), order.targetHostId(), order.targetRelay(), logs, 0);
            host.relay().sendFiles(files, new Watch("", 0, null));
        } catch (FaultException e) {
            log.info("{}: the newest lines of its logs do not go along: {}", record.vmId(), e.getMessage());
        }
    }

    private static OutgoingFiles outgoing(SendFiles order, List<OutgoingFiles.Item> items) {
        InetSocketAddress address = order.targetRelay();
        return new OutgoingFiles(
                order.moveId(), order.ticket(), order.targetHostId(), address, items, order.bytesPerSecondMax());
    }

    /** The configuration first: it says which names the disks have. */
    private List<OutgoingFiles.Item> items(StoredVm vm, boolean withDisks) {
        List<OutgoingFiles.Item> items = new ArrayList<>();
        for (Path file : host.directories().smallFiles(vm).reversed()) {
            boolean memory = file.getFileName().toString().endsWith(".vmss");
            if (withDisks || !memory) {
                items.add(new OutgoingFiles.Item(file, file.getFileName().toString(), false));
            }
        }
        for (DiskShape disk : withDisks ? vm.shape().disks() : List.<DiskShape>of()) {
            boolean thick = disk.provisioning() != Provisioning.THIN;
            items.add(new OutgoingFiles.Item(vm.directory().resolve(disk.fileName()), disk.fileName(), thick));
        }
        return items;
    }

    /** The point of no return of one that does not run. In its turn. */
    void handOver(AgentCommand command, HandOverFiles order) {
        VmRecord record = host.ledger().vm(command.vmId()).orElseThrow(() -> cancelled(command.vmId()));
        if (record.state() == LedgerState.GONE && hasLeft(record, order.target())) {
            return;
        }
        vms.checkGeneration(command, record);
        MoveMark travel = record.travel();
        MigrationMark mark = record.migration();
        Departure departure = departures.get(command.vmId());
        if (travel == null
                || mark == null
                || !travel.moveId().equals(order.moveId())
                || departure == null
                || !departure.sent
                || departure.cancelled) {
            throw cancelled(command.vmId());
        }
        vms.lock(record)
                .moveAway(
                        java.util.Optional.empty(),
                        mark.nextGeneration(),
                        order.target().text());
        leave(record, mark);
        departures.remove(command.vmId());
    }

    private void leave(VmRecord record, MigrationMark mark) {
        vms.note(record, "went to " + mark.peerHostId() + " with its files, by move " + mark.migrationId());
        host.ledger()
                .put(record.withState(LedgerState.GONE)
                        .withGeneration(Math.max(record.generation(), mark.nextGeneration()))
                        .withMigration(null));
    }

    private boolean hasLeft(VmRecord record, VmPlace target) {
        return vms.lock(record).movedTo().filter(target.text()::equals).isPresent();
    }

    /** After a restart of the agent, of one that does not run: gone when the sign stands. */
    void settle(VmRecord record) {
        MoveMark travel = record.travel();
        MigrationMark mark = record.migration();
        if (travel == null || mark == null) {
            return;
        }
        if (hasLeft(record, StorageSettlement.target(travel))) {
            leave(record, mark);
        } else {
            host.ledger().put(record.withMigration(null));
        }
    }

    /** @return false when it is none of those that do not run */
    boolean cancel(String vmId, String moveId) {
        ended.add(moveId);
        Departure departure = departures.get(vmId);
        if (departure == null || !departure.moveId.equals(moveId)) {
            return false;
        }
        departure.cancelled = true;
        try {
            if (!departure.over.await(END_WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new FaultException(
                        FaultCode.OPERATION_TIMED_OUT,
                        vmId,
                        "sending the files of " + vmId + " does not end; try again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, vmId, "the agent is ending; try again.");
        }
        return vms.inTurn(vmId, () -> stay(vmId, departure));
    }

    private static FaultException cancelled(String vmId) {
        return new FaultException(
                FaultCode.OPERATION_CANCELLED,
                vmId,
                "the move of " + vmId + " to another host was cancelled; it is where it was.");
    }

    /** Tells how far it is. */
    private final class Watch implements OutgoingFiles.Watch {
        private final String commandId;
        private final long totalBytes;
        private final @org.jspecify.annotations.Nullable Departure departure;
        private long reportedNanos;

        Watch(String commandId, long totalBytes, @org.jspecify.annotations.Nullable Departure departure) {
            this.commandId = commandId;
            this.totalBytes = totalBytes;
            this.departure = departure;
        }

        @Override
        public void done(long bytes) {
            long now = System.nanoTime();
            boolean due = reportedNanos == 0 || (now - reportedNanos) / 1_000_000 >= REPORT_MILLIS;
            if (departure != null && due) {
                reportedNanos = now;
                int percent = totalBytes == 0 ? 0 : (int) Math.clamp(bytes * 100 / totalBytes, 0, 99);
                reporter.progress(commandId, percent, (bytes >> 20) + " of " + (totalBytes >> 20) + " MiB sent", null);
            }
        }

        @Override
        public boolean cancelled() {
            return departure != null && departure.cancelled
                    || Thread.currentThread().isInterrupted();
        }
    }
}
