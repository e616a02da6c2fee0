package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.work.Caller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What is asked of a guest or a datastore at once, without a task. Whoever acts in a guest or sees its screen is written
 * down before the host is asked, so that no failure hides it.
 */
public final class GuestAccess {
    private static final String EXECUTE = "VirtualMachine.GuestOperations.Execute";
    private static final String SCREENSHOT = "VirtualMachine.Interact.CreateScreenshot";

    private static final Duration PROGRAM_DEFAULT = Duration.ofSeconds(60);
    private static final Duration PROGRAM_MAX = Duration.ofMinutes(10);
    private static final Duration READ_MAX = Duration.ofSeconds(20);
    private static final long CONSOLE_BYTES_DEFAULT = 16_384;
    private static final long CONSOLE_BYTES_MAX = 1_048_576;

    private final Inventory inventory;
    private final VmOrders orders;

    public GuestAccess(Inventory inventory, VmOrders orders) {
        this.inventory = inventory;
        this.orders = orders;
    }

    /**
     * Runs a program in the guest and waits for it. Event and audit name the program and not its arguments, which may be
     * secrets. Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE, GUEST_NOT_RESPONDING, HOST_NOT_CONNECTED.
     *
     * @param timeout zero for 60 s; at most 10 min
     */
    public HostPayload.ProgramResult runProgram(
            Caller caller, String reference, String program, List<String> arguments, Duration timeout) {
        VirtualMachine vm = running(reference);
        if (program.isBlank()) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "Name the program to run in \"program\".");
        }
        Duration wanted = timeout.isZero() || timeout.isNegative() ? PROGRAM_DEFAULT : timeout;
        Duration patience = wanted.compareTo(PROGRAM_MAX) > 0 ? PROGRAM_MAX : wanted;
        inventory.commit(InventoryWrite.builder()
                .event(EventDraft.about(
                                vm,
                                EventType.VM_GUEST_PROGRAM_RUN,
                                "%s runs %s in the guest of %s.".formatted(caller.userName(), program, vm.name()))
                        .onHost(vm.hostId())
                        .byUser(caller.userName()))
                .audit(new AuditDraft(caller.userName(), EXECUTE, vm.id(), ""))
                .build());
        HostOperation operation = new HostOperation.RunProgram(program, arguments, patience);
        return read(vm, operation, patience.plus(READ_MAX), HostPayload.ProgramResult.class);
    }

    /**
     * The tail of the serial console log. Faults: OBJECT_NOT_FOUND, HOST_NOT_CONNECTED.
     *
     * @param tailBytes 0 for 16 KiB; at most 1 MiB
     */
    public HostPayload.ConsoleLog readConsole(String reference, long tailBytes) {
        VirtualMachine vm = inventory.snapshot().resolve(reference, VirtualMachine.class);
        long bytes = tailBytes <= 0 ? CONSOLE_BYTES_DEFAULT : Math.min(tailBytes, CONSOLE_BYTES_MAX);
        return read(vm, new HostOperation.ReadConsole(bytes), READ_MAX, HostPayload.ConsoleLog.class);
    }

    /** The screen as a PNG picture. Faults: OBJECT_NOT_FOUND, VM_WRONG_POWER_STATE, HOST_NOT_CONNECTED. */
    public HostPayload.Screen captureScreen(Caller caller, String reference) {
        VirtualMachine vm = running(reference);
        inventory.commit(InventoryWrite.builder()
                .audit(new AuditDraft(caller.userName(), SCREENSHOT, vm.id(), ""))
                .build());
        return read(vm, new HostOperation.Screenshot(), READ_MAX, HostPayload.Screen.class);
    }

    /**
     * A directory of a datastore, read by a connected host that sees it. Faults: OBJECT_NOT_FOUND,
     * HOST_NOT_CONNECTED, FILE_NOT_FOUND.
     *
     * @param directory relative to the root; empty for the root
     */
    public HostPayload.Listing browse(String datastoreReference, String directory) {
        InventorySnapshot snapshot = inventory.snapshot();
        Datastore datastore = snapshot.resolve(datastoreReference, Datastore.class);
        Host host = snapshot.hostsWith(datastore.id()).stream()
                .filter(Host::isConnected)
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        FaultCode.HOST_NOT_CONNECTED,
                        datastore.id().value(),
                        "No host that sees %s is connected. Connect one.".formatted(datastore.name())));
        HostOperation operation = new HostOperation.Browse(datastore.uuid(), directory);
        return payload(host.name(), orders.read(host.id(), operation, READ_MAX), HostPayload.Listing.class);
    }

    private VirtualMachine running(String reference) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
        VmChecks.requireOn(vm);
        VmChecks.requireConnected(snapshot.get(vm.hostId()));
        return vm;
    }

    private <T extends HostPayload> T read(
            VirtualMachine vm, HostOperation operation, Duration timeout, Class<T> wanted) {
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.get(vm.hostId());
        VmChecks.requireConnected(host);
        return payload(host.name(), orders.read(VmOrders.addressOf(snapshot, vm), operation, timeout), wanted);
    }

    private static <T extends HostPayload> T payload(
            String hostName, CompletionStage<HostAnswer> answer, Class<T> wanted) {
        HostPayload payload = Answers.await(answer).payload();
        if (wanted.isInstance(payload)) {
            return wanted.cast(payload);
        }
        throw new FaultException(
                FaultCode.HOST_ERROR, "Host " + hostName + " answered something else. Update its agent.");
    }
}
