package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.TaskForgotten;
import dev.sternpost.server.host.HostAnswer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connects the server with one host, beyond the life of a single stream: the commands that wait, and which stream
 * is the current one.
 */
final class HostLink {
    private static final Logger log = LoggerFactory.getLogger(HostLink.class);

    /** Commands that wait for one host. */
    static final int PENDING_MAX = 1_000;

    /** Ended tasks an unreachable host is still to be told of; it forgets the others by itself in time. */
    private static final int FORGOTTEN_MAX = 1_000;

    private final HostId host;

    /** Held while a report is handed on, so that reports of one host come one after the other over all its streams. */
    private final ReentrantLock reporting = new ReentrantLock(true);

    // All below is guarded by this.
    private final Map<String, PendingCommand> pending = new LinkedHashMap<>();
    private final Set<String> forgotten = new LinkedHashSet<>();
    private @Nullable AgentStream stream;

    HostLink(HostId host) {
        this.host = host;
    }

    synchronized boolean isConnected() {
        return stream != null;
    }

    /** Takes a command in and sends it if the host is connected; otherwise it waits for the next stream. */
    PendingCommand offer(dev.sternpost.proto.agent.v1.Command command, PendingCommand.Waiter waiter) {
        PendingCommand entry;
        AgentStream current;
        synchronized (this) {
            PendingCommand known = pending.get(command.getCommandId());
            if (known == null && pending.size() >= PENDING_MAX) {
                throw new FaultException(
                        FaultCode.OVERLOADED,
                        host.value(),
                        "Too many commands wait for host %s. Try again when it answers.".formatted(host));
            }
            entry = known == null ? new PendingCommand(host, command) : known;
            entry.renew(command);
            entry.add(waiter);
            pending.put(command.getCommandId(), entry);
            current = stream;
        }
        if (current != null) {
            // Sent again even when it was sent before: the agent joins the run in progress or replays its result.
            send(current, entry);
        }
        return entry;
    }

    /** One who waited has given up; a command that nobody waits for is not sent again. */
    synchronized void withdraw(PendingCommand entry, PendingCommand.Waiter waiter) {
        entry.remove(waiter);
        if (entry.isUnwanted()) {
            pending.remove(entry.command().getCommandId(), entry);
        }
    }

    /** What waits for the host about a VM ends with a fault, and is not sent again. */
    void giveUp(VirtualMachineId vmId, Fault fault) {
        List<PendingCommand> given;
        synchronized (this) {
            given = pending.values().stream()
                    .filter(entry -> entry.command().getVmId().equals(vmId.value()))
                    .toList();
            given.forEach(entry -> pending.remove(entry.command().getCommandId()));
        }
        given.forEach(entry -> entry.fail(fault));
    }

    void progress(CommandProgress progress) {
        find(progress.getCommandId()).ifPresent(entry -> entry.progress(ReportMessages.progress(progress)));
    }

    void result(CommandResult result) {
        Optional<PendingCommand> entry;
        synchronized (this) {
            entry = Optional.ofNullable(pending.remove(result.getCommandId()));
        }
        if (entry.isEmpty()) {
            log.debug("{}: nobody waits for the result of {}", host, result.getCommandId());
            return;
        }
        if (result.hasFault()) {
            entry.get().fail(ReportMessages.fault(result.getFault()));
            return;
        }
        try {
            HostAnswer answer = ReportMessages.answer(result);
            entry.get().succeed(answer);
        } catch (IllegalArgumentException e) {
            log.warn("{}: the result of {} makes no sense: {}", host, result.getCommandId(), e.getMessage());
            entry.get()
                    .fail(new Fault(
                            FaultCode.HOST_ERROR,
                            "The answer of host %s makes no sense. See that its agent fits this server."
                                    .formatted(host),
                            String.valueOf(e.getMessage()),
                            host.value()));
        }
    }

    private synchronized Optional<PendingCommand> find(String commandId) {
        return Optional.ofNullable(pending.get(commandId));
    }

    /** Makes a stream the current one; the one before, if any, is returned and to be ended. */
    @Nullable
    AgentStream adopt(AgentStream newer) {
        AgentStream older;
        List<PendingCommand> waiting;
        List<String> ended;
        synchronized (this) {
            older = stream;
            stream = newer;
            waiting = List.copyOf(pending.values());
            ended = List.copyOf(forgotten);
            forgotten.clear();
        }
        ended.forEach(task -> newer.send(forgotten(task)));
        waiting.forEach(entry -> send(newer, entry));
        return older;
    }

    /** Lets go of a stream; false when it is not the current one any more. */
    synchronized boolean release(AgentStream ended) {
        if (stream != ended) {
            return false;
        }
        stream = null;
        return true;
    }

    synchronized boolean isCurrent(AgentStream asked) {
        return stream == asked;
    }

    synchronized Optional<AgentStream> stream() {
        return Optional.ofNullable(stream);
    }

    void forgetTask(String task) {
        AgentStream current;
        synchronized (this) {
            current = stream;
            if (current == null && forgotten.size() < FORGOTTEN_MAX) {
                forgotten.add(task);
            }
        }
        if (current != null) {
            current.send(forgotten(task));
        }
    }

    /** Hands a report on while no other report of this host is. */
    void reporting(Runnable report) {
        reporting.lock();
        try {
            report.run();
        } finally {
            reporting.unlock();
        }
    }

    private static void send(AgentStream stream, PendingCommand entry) {
        if (stream.send(ConnectResponse.newBuilder().setCommand(entry.command()).build())) {
            entry.markSent();
        }
    }

    private static ConnectResponse forgotten(String task) {
        return ConnectResponse.newBuilder()
                .setTaskForgotten(TaskForgotten.newBuilder().setTaskId(task))
                .build();
    }
}
