package dev.sternpost.server.host;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Sends commands to agents. The agent link implements it; tests have a fake with the same manners. */
public interface HostCommands {

    /**
     * Sends a command and waits for its answer without a thread. While the agent's stream is down the command is kept and
     * sent again, under the same key, when the stream is back, until the time is up.
     *
     * <p>The stage fails with a {@link dev.sternpost.inventory.fault.FaultException}: with the agent's own fault, which means
     * that nothing half-made remains; with HOST_NOT_CONNECTED when the command was never sent; with OPERATION_TIMED_OUT when
     * it was sent and nobody knows how it ended.
     *
     * @param progress called for each report of the agent, on a thread of the link: must be quick
     */
    CompletionStage<HostAnswer> send(
            HostId hostId, HostCommand command, Duration timeout, Consumer<HostProgress> progress);

    /** Whether the agent's stream is up now. */
    boolean isConnected(HostId hostId);

    /**
     * A virtual machine runs on a host, which started it by itself: what hosts that do not respond were told about it will never be done.
     * Those who wait for that are told the fault, and the commands are not sent any more.
     */
    void overtaken(VirtualMachineId vmId, HostId runsOn, Fault fault);

    /** Tells the agents that the results of a task need not be kept any more. */
    void forgetTask(HostId hostId, String taskId);
}
