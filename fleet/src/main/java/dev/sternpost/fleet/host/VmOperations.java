package dev.sternpost.fleet.host;

import com.google.protobuf.ByteString;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConsoleLog;
import dev.sternpost.proto.agent.v1.DirectoryListing;
import dev.sternpost.proto.agent.v1.DiskSpec;
import dev.sternpost.proto.agent.v1.FileEntry;
import dev.sternpost.proto.agent.v1.GuestProgramResult;
import dev.sternpost.proto.agent.v1.VmSpec;
import java.util.Base64;
import java.util.Comparator;

/** What a host is told to do with virtual machines, live migration apart. */
final class VmOperations {
    private static final int LISTING_MAX = 10_000;
    private static final long DISK_BYTES_FIRST = 196_608;

    /** One black pixel. */
    private static final byte[] SCREEN = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    private final SimulatedHost host;
    private final World world;

    VmOperations(SimulatedHost host, World world) {
        this.host = host;
        this.world = world;
    }

    CommandResult.Builder directory(Command command) {
        synchronized (host) {
            return switch (command.getOperationCase()) {
                case CREATE_VM -> create(command);
                case DELETE_VM -> delete(command);
                case READ_VM_DIRECTORY ->
                    CommandResult.newBuilder()
                            .setSpec(world.datastores().require(place(command)).spec());
                case ADOPT_VM -> adopt(command);
                case FORGET_VM -> forget(command);
                case RECONFIGURE_VM -> reconfigure(command);
                case RENAME_VM -> rename(command);
                case BROWSE -> browse(command);
                default ->
                    throw new IllegalArgumentException(command.getOperationCase() + " is no work on a directory");
            };
        }
    }

    private CommandResult.Builder create(Command command) {
        Place place = place(command);
        host.find(command.getVmId()).ifPresent(known -> SimulatedHost.checkGeneration(command, known));
        if (host.has(HostFault.DISK_FULL)) {
            throw full();
        }
        if (command.getCreateVm().hasTemplateDirectory()) {
            var template = command.getCreateVm().getTemplateDirectory();
            world.datastores().require(new Place(template.getDatastoreUuid(), template.getDirectory()));
        }
        VmSpec spec = withFiles(command.getCreateVm().getSpec());
        VmFiles files = world.datastores().make(place, spec);
        HostedVm vm = host.find(command.getVmId())
                .orElseGet(() -> new HostedVm(command.getVmId(), files, command.getGeneration(), VmState.OFF));
        world.journal().files(files);
        host.note(vm);
        return CommandResult.newBuilder().setSpec(files.spec());
    }

    private static VmSpec withFiles(VmSpec spec) {
        VmSpec.Builder made = spec.toBuilder();
        for (DiskSpec.Builder disk : made.getDisksBuilderList()) {
            if (disk.getFileName().isEmpty()) {
                disk.setFileName(disk.getLabel() + ".qcow2");
            }
            disk.setAllocatedBytes(disk.getProvisioning().equals("thin") ? DISK_BYTES_FIRST : disk.getCapacityBytes());
        }
        return made.build();
    }

    private CommandResult.Builder delete(Command command) {
        host.find(command.getVmId()).ifPresent(known -> {
            HostedVm vm = atRest(host.accept(command), "deleted");
            world.datastores().delete(vm.files().place());
            world.journal().filesGone(vm.files().place());
            host.drop(vm);
        });
        return CommandResult.newBuilder();
    }

    private CommandResult.Builder adopt(Command command) {
        VmFiles files = world.datastores().require(place(command));
        HostedVm known = host.find(command.getVmId()).orElse(null);
        if (known != null) {
            SimulatedHost.checkGeneration(command, known);
            if (known.state != VmState.OFF && known.state != VmState.SUSPENDED) {
                throw host.wrongState(known, "must be powered off to be registered");
            }
        }
        Lock lock = files.lock();
        if (lock != null && !lock.hostId().equals(host.id())) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    command.getVmId(),
                    "host " + lock.hostId() + " holds the lock of this directory; power the VM off there first.");
        }
        files.reshape(files.spec().toBuilder().setVmId(command.getVmId()).build());
        world.journal().files(files);
        host.note(new HostedVm(command.getVmId(), files, command.getGeneration(), stateAtRest(files)));
        return CommandResult.newBuilder().setSpec(files.spec());
    }

    private CommandResult.Builder forget(Command command) {
        host.find(command.getVmId()).ifPresent(known -> host.drop(atRest(host.accept(command), "unregistered")));
        return CommandResult.newBuilder();
    }

    private CommandResult.Builder reconfigure(Command command) {
        HostedVm vm = host.accept(command);
        if (vm.state != VmState.OFF) {
            throw host.wrongState(vm, "must be powered off to be reconfigured");
        }
        if (host.has(HostFault.DISK_FULL)) {
            throw full();
        }
        vm.files().reshape(withFiles(command.getReconfigureVm().getSpec()));
        world.journal().files(vm.files());
        host.note(vm);
        return CommandResult.newBuilder().setSpec(vm.files().spec());
    }

    private CommandResult.Builder rename(Command command) {
        HostedVm vm = host.accept(command);
        vm.files()
                .reshape(vm.files().spec().toBuilder()
                        .setName(command.getRenameVm().getName())
                        .build());
        world.journal().files(vm.files());
        host.note(vm);
        return CommandResult.newBuilder();
    }

    private CommandResult.Builder browse(Command command) {
        var wanted = command.getBrowse();
        requireSeen(wanted.getDatastoreUuid());
        DirectoryListing.Builder listing = DirectoryListing.newBuilder();
        if (wanted.getDirectory().isEmpty()) {
            world.datastores().all().stream()
                    .map(VmFiles::place)
                    .filter(place -> place.datastoreUuid().equals(wanted.getDatastoreUuid()))
                    .map(Place::directory)
                    .sorted(Comparator.naturalOrder())
                    .limit(LISTING_MAX)
                    .forEach(directory -> listing.addEntries(
                            FileEntry.newBuilder().setPath(directory).setDirectory(true)));
            return CommandResult.newBuilder().setListing(listing);
        }
        VmFiles files = world.datastores().require(new Place(wanted.getDatastoreUuid(), wanted.getDirectory()));
        String root = wanted.getDirectory() + "/";
        files.spec()
                .getDisksList()
                .forEach(disk -> listing.addEntries(FileEntry.newBuilder()
                        .setPath(root + disk.getFileName())
                        .setSizeBytes(disk.getAllocatedBytes())
                        .setAllocatedBytes(disk.getAllocatedBytes())));
        listing.addEntries(FileEntry.newBuilder()
                .setPath(root + files.spec().getName() + ".vmx")
                .setSizeBytes(files.spec().getSerializedSize())
                .setAllocatedBytes(files.spec().getSerializedSize()));
        return CommandResult.newBuilder().setListing(listing);
    }

    CommandResult.Builder power(Command command) {
        synchronized (host) {
            HostedVm vm = host.accept(command);
            if (vm.leaving) {
                throw new FaultException(
                        FaultCode.VM_WRONG_POWER_STATE,
                        vm.vmId(),
                        vm.vmId() + " is being migrated to another host; wait for that, or cancel it first.");
            }
            switch (command.getOperationCase()) {
                case POWER_ON_VM -> powerOn(vm);
                case POWER_OFF_VM -> powerOff(vm);
                case SHUTDOWN_VM -> shutdown(vm);
                case RESET_VM -> requireOn(vm, "be reset").bootEpochMillis = System.currentTimeMillis();
                case SUSPEND_VM -> suspend(vm);
                default -> throw new IllegalArgumentException(command.getOperationCase() + " is no power operation");
            }
            world.journal().files(vm.files());
            host.note(vm);
            return CommandResult.newBuilder();
        }
    }

    private void powerOn(HostedVm vm) {
        switch (vm.state) {
            case ON -> {}
            case INCOMING, HANDED_OVER -> throw host.wrongState(vm, "cannot be powered on");
            case OFF, SUSPENDED -> {
                vm.files().take(host.id(), vm.generation);
                vm.files().saveMemory(false);
                vm.state = VmState.ON;
                vm.bootEpochMillis = System.currentTimeMillis();
                vm.move = null;
                world.after(world.latency().scaled(Messages.GUEST_BOOT_MILLIS) + 1, () -> host.look(vm.vmId()));
            }
        }
    }

    private void powerOff(HostedVm vm) {
        if (vm.state == VmState.INCOMING || vm.state == VmState.HANDED_OVER) {
            throw host.wrongState(vm, "cannot be powered off");
        }
        vm.files().saveMemory(false);
        rest(vm);
    }

    private void shutdown(HostedVm vm) {
        if (vm.state != VmState.OFF) {
            requireOn(vm, "shut down its guest");
        }
        rest(vm);
    }

    private void suspend(HostedVm vm) {
        if (vm.state != VmState.SUSPENDED) {
            requireOn(vm, "be suspended");
            vm.files().saveMemory(true);
        }
        rest(vm);
    }

    private void rest(HostedVm vm) {
        vm.files().release(host.id());
        vm.state = stateAtRest(vm.files());
        vm.bootEpochMillis = 0;
        vm.move = null;
    }

    private static VmState stateAtRest(VmFiles files) {
        return files.isSuspended() ? VmState.SUSPENDED : VmState.OFF;
    }

    private HostedVm requireOn(HostedVm vm, String toDoWhat) {
        if (!vm.isOn()) {
            throw host.wrongState(vm, "must be powered on to " + toDoWhat);
        }
        return vm;
    }

    private HostedVm atRest(HostedVm vm, String toBe) {
        return switch (vm.state) {
            case OFF, SUSPENDED -> vm;
            case ON, INCOMING, HANDED_OVER ->
                throw new FaultException(
                        FaultCode.VM_RUNNING,
                        vm.vmId(),
                        vm.vmId() + " must be powered off to be " + toBe + "; power it off first.");
        };
    }

    CommandResult.Builder guest(Command command) {
        synchronized (host) {
            HostedVm vm = host.require(command.getVmId());
            return switch (command.getOperationCase()) {
                case RUN_PROGRAM -> {
                    requireOn(vm, "run a program");
                    yield CommandResult.newBuilder()
                            .setGuestProgram(GuestProgramResult.newBuilder()
                                    .setExitCode(127)
                                    .setStandardError(ByteString.copyFromUtf8("A simulated guest has no programs.\n")));
                }
                case READ_CONSOLE -> {
                    ByteString text = ByteString.copyFromUtf8(vm.isOn() ? "A simulated guest.\nlogin: " : "");
                    yield CommandResult.newBuilder()
                            .setConsoleLog(
                                    ConsoleLog.newBuilder().setContent(text).setTotalBytes(text.size()));
                }
                case SCREENSHOT -> {
                    requireOn(vm, "show a screen");
                    yield CommandResult.newBuilder().setPng(ByteString.copyFrom(SCREEN));
                }
                case QUERY_VM -> CommandResult.newBuilder();
                default -> throw new IllegalArgumentException(command.getOperationCase() + " is no look at a guest");
            };
        }
    }

    /** Says of a virtual machine that runs elsewhere that it runs here, as it was before its last change of owner or power. */
    void lie() {
        world.datastores().all().stream()
                .filter(files -> host.shape().sees(files.place().datastoreUuid()))
                .filter(files -> files.lock() != null && !files.isHeldBy(host.id()))
                .findAny()
                .ifPresent(files -> {
                    HostedVm claimed = new HostedVm(files.spec().getVmId(), files, 1, VmState.ON);
                    claimed.bootEpochMillis = System.currentTimeMillis();
                    host.say(Messages.status(Messages.status(claimed, System.currentTimeMillis(), world.latency())));
                });
    }

    private Place place(Command command) {
        if (!command.hasDirectory()) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "the command lacks the directory; this is a defect of the server.");
        }
        requireSeen(command.getDirectory().getDatastoreUuid());
        return new Place(
                command.getDirectory().getDatastoreUuid(),
                command.getDirectory().getDirectory());
    }

    private void requireSeen(String datastoreUuid) {
        if (!host.shape().sees(datastoreUuid)) {
            throw new FaultException(
                    FaultCode.DATASTORE_INACCESSIBLE,
                    host.name() + " does not see the datastore " + datastoreUuid + "; choose another host.");
        }
    }

    private FaultException full() {
        return new FaultException(
                FaultCode.DATASTORE_FULL,
                host.id(),
                "the datastores of " + host.name() + " are full; free some space, or choose another.");
    }
}
