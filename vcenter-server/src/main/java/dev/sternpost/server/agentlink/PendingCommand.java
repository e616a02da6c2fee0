package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostProgress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A command whose result has not come yet, and all who wait for it. */
final class PendingCommand {
    /** One who waits. Several may wait for the same key: a task step that is tried again while the first try runs. */
    record Waiter(CompletableFuture<HostAnswer> answer, Consumer<HostProgress> progress) {}

    private final HostId host;
    private volatile Command command;
    private final List<Waiter> waiters = new CopyOnWriteArrayList<>();
    private volatile boolean sent;

    PendingCommand(HostId host, Command command) {
        this.host = host;
        this.command = command;
    }

    Command command() {
        return command;
    }

    /** The same order under a newer lease: what is sent again carries the newer fence. */
    void renew(Command again) {
        if (again.getLeaseEpoch() >= command.getLeaseEpoch()) {
            command = again;
        }
    }

    void add(Waiter waiter) {
        waiters.add(waiter);
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    boolean isUnwanted() {
        return waiters.isEmpty();
    }

    void markSent() {
        sent = true;
    }

    void progress(HostProgress report) {
        waiters.forEach(waiter -> waiter.progress().accept(report));
    }

    void succeed(HostAnswer answer) {
        waiters.forEach(waiter -> waiter.answer().complete(answer));
    }

    void fail(Fault fault) {
        waiters.forEach(waiter -> waiter.answer().completeExceptionally(new FaultException(fault)));
    }

    /** What one is told whose time is up. */
    FaultException timedOut(String hostName) {
        if (sent) {
            return new FaultException(new Fault(
                    FaultCode.OPERATION_TIMED_OUT,
                    "Host %s has not answered in time; what became of the order is not known. Look at the object, then try again."
                            .formatted(hostName),
                    command.getCommandId(),
                    host.value()));
        }
        return new FaultException(new Fault(
                FaultCode.HOST_NOT_CONNECTED,
                "Host %s is not connected. See that its agent runs and reaches the server, then try again."
                        .formatted(hostName),
                command.getCommandId(),
                host.value()));
    }
}
