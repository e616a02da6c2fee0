package dev.sternpost.agent.operation;

import dev.sternpost.agent.allocation.Allocations;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.ledger.OperationKey;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.fault.FaultKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for commands. A command whose key has a stored result is answered with it; one that is under way is joined; all
 * others are checked against the fences and done. Only successes are stored: a command that failed has left nothing
 * half-made, so doing it again is what its sender wants by sending it again.
 */
public final class Operations implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Operations.class);

    /** Commands under way at once; more are refused with OVERLOADED. */
    public static final int COMMANDS_MAX = 256;

    private final HostKit host;
    private final Reporter reporter;
    private final OutcomeEncoder encoder;
    private final Vms vms;
    private final Handlers handlers;
    private final Recovery recovery;
    private final GuestPoller poller;
    private final Allocations allocations;
    private final Workers workers = new Workers();
    private final Map<String, Boolean> underWay = new ConcurrentHashMap<>();

    public Operations(HostKit host, Reporter reporter, OutcomeEncoder encoder) {
        this.host = host;
        this.reporter = reporter;
        this.encoder = encoder;
        this.vms = new Vms(host, reporter);
        EngineListener listener = new EngineEvents(host, vms, reporter, workers);
        this.allocations = new Allocations(host.engine());
        this.handlers = new Handlers(host, vms, reporter, listener, workers, allocations);
        this.recovery = handlers.recovery();
        this.poller = new GuestPoller(vms, listener, workers);
    }

    /** Takes up what an earlier run left, then begins to watch guests. Before the first command. */
    public void recover() {
        recovery.run();
        poller.start();
        allocations.start();
    }

    /** All virtual machines of this host as they are now. */
    public List<VmView> inventory() {
        return vms.views();
    }

    /** What high availability does with them. */
    public KeptVms kept() {
        return handlers.kept();
    }

    /** Virtual machines with a process. */
    public long runningCount() {
        return vms.entries().stream()
                .filter(entry -> entry.running().isPresent())
                .count();
    }

    /** Commands under way. */
    public int underWayCount() {
        return underWay.size();
    }

    /** Takes a command and returns at once; the reporter hears how it ends. */
    public void submit(AgentCommand command) {
        if (underWay.size() >= COMMANDS_MAX) {
            reporter.finished(
                    command.commandId(),
                    failed(Fault.of(
                            FaultCode.OVERLOADED,
                            host.hostId() + " has " + COMMANDS_MAX + " commands under way; try again in a moment.")));
            return;
        }
        if (underWay.putIfAbsent(command.commandId(), true) != null) {
            return; // Its end will be reported, to whichever connection there is then.
        }
        boolean begun = workers.start("command-" + command.commandId(), () -> {
            Outcome outcome;
            try {
                outcome = answer(command);
                if (!command.vmId().isEmpty()) {
                    reportQuietly(command.vmId());
                }
            } finally {
                underWay.remove(command.commandId());
            }
            reporter.finished(command.commandId(), outcome);
        });
        if (!begun) {
            underWay.remove(command.commandId()); // The agent is ending; its sender asks again.
        }
    }

    /** Drops the results of a task. */
    public void forgetTask(String taskId) {
        host.ledger().forgetTask(taskId);
    }

    /**
     * Cuts short what is under way, and waits for the end of every thread that could still write to ledger or datastore.
     * Virtual machines run on. What is left half-done is what the death of an agent leaves, and the next one recovers.
     */
    @Override
    public void close() {
        workers.close();
    }

    /** Threads at work; none after {@link #close} unless one hangs. */
    int threadCount() {
        return workers.count();
    }

    private Outcome answer(AgentCommand command) {
        try {
            if (!command.taskId().isEmpty()) {
                host.ledger().acceptEpoch(command.taskId(), command.leaseEpoch());
            }
            Optional<Outcome> stored = stored(command);
            if (stored.isPresent()) {
                log.info("{} is answered with its stored result", command.commandId());
                return stored.get();
            }
            long begun = System.nanoTime();
            Payload payload = handlers.run(command);
            Outcome outcome = new Outcome(null, view(command), payload);
            store(command, outcome);
            log.info(
                    "{} ({}) done in {} ms",
                    command.commandId(),
                    command.operation().getClass().getSimpleName(),
                    (System.nanoTime() - begun) / 1_000_000);
            return outcome;
        } catch (FaultException e) {
            logFault(command, e);
            return new Outcome(e.fault(), viewQuietly(command), null);
        } catch (RuntimeException | Error e) {
            // The edge of the agent: whatever it is, the server must get an answer; a task waits for it.
            log.error("{} failed by a defect", command.commandId(), e);
            return new Outcome(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "the agent of " + host.hostId() + " failed; look at its log, then try again.")
                            .withContext(e.toString()),
                    viewQuietly(command),
                    null);
        }
    }

    private static void logFault(AgentCommand command, FaultException e) {
        String what = command.operation().getClass().getSimpleName();
        if (e.fault().kind() == FaultKind.INTERNAL) {
            log.warn(
                    "{} ({}): {} {}",
                    command.commandId(),
                    what,
                    e.getMessage(),
                    e.fault().context(),
                    e);
        } else {
            log.info(
                    "{} ({}): {} {}",
                    command.commandId(),
                    what,
                    e.getMessage(),
                    e.fault().context());
        }
    }

    private Optional<Outcome> stored(AgentCommand command) {
        if (!isKept(command)) {
            return Optional.empty();
        }
        return host.ledger()
                .result(new OperationKey(command.taskId(), command.commandId()))
                .map(bytes -> new Outcome(null, viewQuietly(command), new Payload.Stored(bytes)));
    }

    private void store(AgentCommand command, Outcome outcome) {
        if (isKept(command)) {
            host.ledger().storeResult(new OperationKey(command.taskId(), command.commandId()), encoder.encode(outcome));
        }
    }

    private static boolean isKept(AgentCommand command) {
        return !command.taskId().isEmpty() && !command.operation().reads();
    }

    private @Nullable VmView view(AgentCommand command) {
        return command.vmId().isEmpty()
                ? null
                : vms.find(command.vmId()).map(vms::view).orElse(null);
    }

    private @Nullable VmView viewQuietly(AgentCommand command) {
        if (workers.isClosed()) {
            return null; // This thread is to end now, and its interrupt would break the connection to the engine.
        }
        try {
            return view(command);
        } catch (FaultException e) {
            return null;
        }
    }

    private void reportQuietly(String vmId) {
        if (workers.isClosed()) {
            return;
        }
        try {
            vms.report(vmId);
        } catch (RuntimeException e) {
            // The command's own answer must get out whatever the look at the virtual machine says.
            log.debug("{} cannot be looked at", vmId, e);
        }
    }

    private static Outcome failed(Fault fault) {
        return new Outcome(fault, null, null);
    }
}
