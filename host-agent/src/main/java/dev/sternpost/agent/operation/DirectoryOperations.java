package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.AdoptVm;
import dev.sternpost.agent.operation.Operation.CreateVm;
import dev.sternpost.agent.operation.Operation.ReconfigureVm;
import dev.sternpost.agent.operation.Operation.RenameVm;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Operations on the directory of a virtual machine that does not run, and on which directories this host answers for. */
final class DirectoryOperations {

    private final HostKit host;
    private final Vms vms;

    DirectoryOperations(HostKit host, Vms vms) {
        this.host = host;
        this.vms = vms;
    }

    Payload create(AgentCommand command, CreateVm operation) {
        VmPlace place = requirePlace(command);
        refuseOlder(command);
        Path directory = vms.directory(place);
        Optional<VmRecord> known = vms.find(command.vmId());
        if (known.isPresent()) {
            // Made by an earlier run of this command whose answer was lost.
            requireSamePlace(known.get(), place);
            return new Payload.Shape(
                    host.directories().read(directory, known.get().vmxName()).shape());
        }
        StoredVm stored = madeBefore(command.vmId(), directory).orElseGet(() -> make(directory, operation));
        VmRecord record = VmRecord.off(
                command.vmId(), command.generation(), place.datastoreUuid(), place.directory(), stored.vmxName());
        host.ledger().put(record);
        vms.note(record, "created");
        return new Payload.Shape(stored.shape());
    }

    private StoredVm make(Path directory, CreateVm operation) {
        VmDirectories directories = host.directories();
        VmPlace template = operation.template();
        return template == null
                ? directories.create(directory, operation.shape())
                : directories.createFromTemplate(
                        directory, operation.shape(), vms.directory(template), operation.templateName());
    }

    /** A directory that this command made before a crash, known by the id inside it. */
    private Optional<StoredVm> madeBefore(String vmId, Path directory) {
        if (!java.nio.file.Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try {
            return Optional.of(host.directories().read(directory, ""))
                    .filter(stored -> stored.shape().vmId().equals(vmId));
        } catch (FaultException e) {
            return Optional.empty(); // Somebody else's; making ours there will be refused.
        }
    }

    void delete(AgentCommand command) {
        refuseOlder(command);
        Optional<VmRecord> known = vms.find(command.vmId());
        if (known.isEmpty()) {
            return;
        }
        VmRecord record = requireAtRest(vms.accept(command), "deleted");
        host.directories().delete(vms.directory(record), record.vmxName());
        host.ledger().put(record.withState(LedgerState.GONE));
    }

    Payload read(AgentCommand command) {
        return new Payload.Shape(host.directories()
                .read(vms.directory(requirePlace(command)), "")
                .shape());
    }

    Payload adopt(AgentCommand command, AdoptVm operation) {
        VmPlace place = requirePlace(command);
        refuseOlder(command);
        Optional<VmRecord> known = vms.find(command.vmId());
        if (known.isPresent()
                && known.get().state() != LedgerState.OFF
                && known.get().state() != LedgerState.SUSPENDED) {
            requireSamePlace(known.get(), place);
            throw vms.wrongState(known.get(), "must be powered off to be registered");
        }
        refuseTaken(command.vmId(), place);
        Path directory = vms.directory(place);
        StoredVm stored = host.directories().read(directory, operation.vmxName());
        refuseLocked(command.vmId(), directory, stored.vmxName());
        if (!stored.shape().vmId().equals(command.vmId())) {
            stored = host.directories().writeVmId(directory, stored.vmxName(), command.vmId());
        }
        VmRecord record = VmRecord.off(
                command.vmId(), command.generation(), place.datastoreUuid(), place.directory(), stored.vmxName());
        VmRecord resting = record.withState(vms.stateAtRest(record));
        host.ledger().put(resting);
        vms.note(resting, "registered on " + host.hostId());
        return new Payload.Shape(stored.shape());
    }

    void forget(AgentCommand command) {
        refuseOlder(command);
        if (vms.find(command.vmId()).isEmpty()) {
            return;
        }
        VmRecord record = requireAtRest(vms.accept(command), "unregistered");
        host.ledger().put(record.withState(LedgerState.GONE));
        vms.note(record, "unregistered from " + host.hostId());
    }

    Payload reconfigure(AgentCommand command, ReconfigureVm operation) {
        VmRecord record = vms.acceptAlone(command);
        if (record.state() != LedgerState.OFF) {
            throw vms.wrongState(record, "must be powered off to be reconfigured");
        }
        VmShape shape = operation.shape();
        if (!shape.vmId().equals(record.vmId())) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    record.vmId(),
                    "the shape is that of " + shape.vmId() + "; send the VM's own.");
        }
        StoredVm stored = host.directories().reconfigure(vms.directory(record), record.vmxName(), shape);
        vms.note(record, "reconfigured");
        return new Payload.Shape(stored.shape());
    }

    void rename(AgentCommand command, RenameVm operation) {
        VmRecord record = vms.accept(command);
        host.directories().rename(vms.directory(record), record.vmxName(), operation.name());
        vms.note(record, "renamed to " + operation.name());
    }

    private void refuseOlder(AgentCommand command) {
        host.ledger().vm(command.vmId()).ifPresent(record -> vms.checkGeneration(command, record));
    }

    private VmRecord requireAtRest(VmRecord record, String toBe) {
        return switch (record.state()) {
            case OFF, SUSPENDED, GONE -> record;
            case ON, STARTING, STOPPING, INCOMING, HANDED_OVER ->
                throw new FaultException(
                        FaultCode.VM_RUNNING,
                        record.vmId(),
                        record.vmId() + " must be powered off to be " + toBe + "; power it off first.");
        };
    }

    private static VmPlace requirePlace(AgentCommand command) {
        VmPlace place = command.place();
        if (place == null) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "the command lacks the directory; this is a defect of the server.");
        }
        return place;
    }

    private void requireSamePlace(VmRecord record, VmPlace place) {
        if (!place.equals(new VmPlace(record.datastoreUuid(), record.directory()))) {
            throw new FaultException(
                    FaultCode.VM_ALREADY_REGISTERED,
                    record.vmId(),
                    record.vmId() + " is registered here with another directory, \"" + record.directory()
                            + "\"; unregister it first.");
        }
    }

    private void refuseTaken(String vmId, VmPlace place) {
        List<String> others = host.ledger().vms().stream()
                .filter(record -> !record.vmId().equals(vmId))
                .filter(record -> place.equals(new VmPlace(record.datastoreUuid(), record.directory())))
                .map(VmRecord::vmId)
                .toList();
        if (!others.isEmpty()) {
            throw new FaultException(
                    FaultCode.VM_ALREADY_REGISTERED,
                    others.getFirst(),
                    "the directory \"" + place.directory() + "\" belongs to " + others.getFirst()
                            + " on this host; unregister that first.");
        }
    }

    private void refuseLocked(String vmId, Path directory, String vmxName) {
        Optional<LockHolder> holder =
                host.directories().lock(directory, vmxName).holder();
        if (holder.isPresent()
                && !holder.get().isReleased()
                && !holder.get().hostId().equals(host.hostId())) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    vmId,
                    "host " + holder.get().hostId()
                            + " holds the lock of this directory; power the VM off there first.");
        }
    }
}
