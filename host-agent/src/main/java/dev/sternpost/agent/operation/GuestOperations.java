package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.ReadConsole;
import dev.sternpost.agent.operation.Operation.RunProgram;
import java.time.Duration;

/** Operations that look at a virtual machine or reach into its guest, and change nothing about who runs it. */
final class GuestOperations {

    private static final Duration PROGRAM_TIMEOUT_DEFAULT = Duration.ofSeconds(30);
    private static final Duration PROGRAM_TIMEOUT_MAX = Duration.ofMinutes(30);

    private final HostKit host;
    private final Vms vms;

    GuestOperations(HostKit host, Vms vms) {
        this.host = host;
        this.vms = vms;
    }

    Payload run(AgentCommand command, RunProgram operation) {
        Duration timeout = operation.timeout().isZero() ? PROGRAM_TIMEOUT_DEFAULT : operation.timeout();
        return new Payload.Program(vms.requireRunning(command.vmId(), "run a program in its guest")
                .guestAgent()
                .run(
                        operation.program(),
                        operation.arguments(),
                        timeout.compareTo(PROGRAM_TIMEOUT_MAX) < 0 ? timeout : PROGRAM_TIMEOUT_MAX));
    }

    Payload console(AgentCommand command, ReadConsole operation) {
        VmRecord record = vms.require(command.vmId());
        return new Payload.Console(
                host.directories().consoleTail(vms.directory(record), record.vmxName(), operation.tailBytesMax()));
    }

    Payload screenshot(AgentCommand command) {
        return new Payload.Screen(
                vms.requireRunning(command.vmId(), "have a screen").screenshot());
    }

    Payload browse(Operation.Browse operation) {
        return new Payload.Listing(
                host.datastores().byUuid(operation.datastoreUuid()).browse(operation.directory()));
    }

    void announce(AgentCommand command) {
        vms.requireRunning(command.vmId(), "announce its addresses").announce();
    }
}
