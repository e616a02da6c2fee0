package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.MigrationSource.StopInstant;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.SwitchOver;
import dev.sternpost.agent.operation.SourceSession.Stage;
import dev.sternpost.agent.relay.ClockOffset;
import dev.sternpost.agent.relay.Go;
import dev.sternpost.agent.relay.GoAnswer;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switch-over at the source. The order is the protocol: the ledger knows that it may happen; the guest stops; the lock
 * is handed to the target (the point of no return); the rest is sent; the target acknowledges all of it; and only then is
 * the target told to let the guest run. Should the engine find before the acknowledgement that the target did not get
 * everything, it lets the guest run here again, and the lock is taken back: nobody has told the target anything yet.
 */
final class SwitchOverOperation {

    private static final Logger log = LoggerFactory.getLogger(SwitchOverOperation.class);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration COMPLETION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration GO_TIMEOUT = Duration.ofSeconds(10);
    private static final int UNDECIDED_POLLS_MAX = 600;
    private static final long UNDECIDED_POLL_MILLIS = 50;
    private static final long TICK_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HostKit host;
    private final Vms vms;
    private final SourceSettlement settlement;
    private final DepartureOperations departures;

    SwitchOverOperation(HostKit host, Vms vms, SourceSettlement settlement, DepartureOperations departures) {
        this.departures = departures;
        this.host = host;
        this.vms = vms;
        this.settlement = settlement;
    }

    /** Called in the virtual machine's turn. */
    Payload run(AgentCommand command, SwitchOver order) {
        VmRecord record = vms.require(command.vmId());
        if (isHandedOver(record, order)) {
            return new Payload.Migration(SourceOperations.finished(MigrationPhase.COMPLETED));
        }
        record = vms.accept(command);
        SourceSession session = vms.entry(record.vmId())
                .outgoing()
                .filter(candidate -> candidate.order().migrationId().equals(order.migrationId()))
                .orElseThrow(() ->
                        notSwitched(command.vmId(), "migration " + order.migrationId() + " is not under way here"));
        if (session.stage() == Stage.PASSED) {
            // An earlier run of this command could not find out how it ended.
            return finish(session, requireMark(record), null);
        }
        return stopAndSend(session, record, order);
    }

    private Payload stopAndSend(SourceSession session, VmRecord before, SwitchOver order) {
        if (!session.beginSwitch()) {
            throw SourceOperations.cancelled(session.vmId());
        }
        MigrationSource source = session.source();
        MigrationMark mark = new MigrationMark(
                order.migrationId(), MigrationMark.Role.SOURCE, session.order().targetHostId(), order.nextGeneration());
        StopInstant stop;
        try {
            VmRecord record = before.withMigration(mark);
            host.ledger().put(record);
            if (session.order().filesTo() != null) {
                departures.sendLogs(record, session.order());
            }
            source.requestSwitchover(session.order().limits().pagesMillis());
            stop = source.awaitPreSwitchover(STOP_TIMEOUT);
            if (!session.pass()) {
                throw SourceOperations.cancelled(session.vmId());
            }
            giveAway(session, record, mark);
            log.info("{}: handed over {} ms after the stop", record.vmId(), millisSince(stop));
        } catch (RuntimeException e) {
            // Not a byte of the rest has been sent: cancelling lets the guest run on here.
            throw notSwitched(session, e);
        }
        try {
            source.continueSwitchover();
        } catch (FaultException e) {
            log.info("{}: the switch-over does not go on: {}", session.vmId(), e.getMessage());
        }
        return finish(session, mark, stop);
    }

    /** The point of no return: with its files the virtual machine leaves a sign where its lock was, else the lock names the target. */
    private void giveAway(SourceSession session, VmRecord record, MigrationMark mark) {
        LockHolder self = vms.self(session.generation());
        VmPlace filesTo = session.order().filesTo();
        if (filesTo != null) {
            session.running().diskSender().finish();
            vms.lock(record).moveAway(Optional.of(self), mark.nextGeneration(), filesTo.text());
            return;
        }
        LockHolder target = new LockHolder(
                mark.peerHostId(), host.ledger().incarnation(), mark.nextGeneration(), mark.migrationId());
        vms.lock(record).handOver(self, target);
    }

    /** Finds out how it ended, however long that takes within bounds, and acts on it. */
    private Payload finish(SourceSession session, MigrationMark mark, @Nullable StopInstant stop) {
        MigrationProgress progress = awaitEnd(session);
        switch (progress.phase()) {
            case COMPLETED -> {
                if (stop != null) {
                    letRun(session, mark, stop);
                }
                end(session, mark);
                return new Payload.Migration(progress);
            }
            case FAILED, CANCELLED, NONE -> {
                FaultException why = notSwitched(session.vmId(), "the target did not get everything");
                settlement.stay(session, why);
                throw why;
            }
            case PRECOPY, PRE_SWITCHOVER, DEVICE ->
                throw new FaultException(Fault.of(
                                FaultCode.OPERATION_TIMED_OUT,
                                "the engine of " + session.vmId()
                                        + " does not say whether the switch-over took place; ask again.")
                        .about(session.vmId())
                        .withContext("phase " + progress.phase()));
        }
        throw new IllegalStateException("unreachable");
    }

    private MigrationProgress awaitEnd(SourceSession session) {
        try {
            return session.source().awaitCompleted(COMPLETION_TIMEOUT);
        } catch (FaultException e) {
            log.info("{}: {}", session.vmId(), e.getMessage());
        }
        if (engineEnded(session)) {
            // Proven dead after the hand-over: only the target can have the guest now, if it has all of it.
            return SourceOperations.finished(MigrationPhase.COMPLETED);
        }
        // No word in time: cut the stream, which makes the engine decide one way or the other.
        session.outbound().cut("the switch-over took too long");
        MigrationProgress progress = SourceOperations.finished(MigrationPhase.DEVICE);
        for (int poll = 0; poll < UNDECIDED_POLLS_MAX; poll++) {
            try {
                progress = session.source().progress();
            } catch (FaultException e) {
                if (engineEnded(session)) {
                    return SourceOperations.finished(MigrationPhase.COMPLETED);
                }
                log.debug("{}: {}", session.vmId(), e.getMessage());
            }
            if (progress.phase().ended()) {
                return progress;
            }
            if (progress.phase() == MigrationPhase.PRE_SWITCHOVER || progress.phase() == MigrationPhase.PRECOPY) {
                session.source().cancel();
            }
            sleep();
        }
        return progress;
    }

    private void letRun(SourceSession session, MigrationMark mark, StopInstant stop) {
        VmRecord record = vms.require(session.vmId());
        try {
            log.info("{}: all of it arrived {} ms after the stop", session.vmId(), millisSince(stop));
            GoAnswer answer = session.outbound().go(go(session, mark, stop, record.bootEpochMillis()), GO_TIMEOUT);
            log.info("{}: the target answered {} ms after the stop", session.vmId(), millisSince(stop));
            if (!answer.running()) {
                log.warn("{}: the target does not let the guest run: {}", session.vmId(), answer.message());
            }
        } catch (FaultException e) {
            // The server will tell the target, when it hears that the switch-over is done.
            log.warn("{}: {}", session.vmId(), e.getMessage());
        }
    }

    private void end(SourceSession session, MigrationMark mark) {
        session.finish();
        session.outbound().cut("the migration is complete");
        settlement.handedOver(vms.require(session.vmId()), mark);
        vms.report(session.vmId());
    }

    static Go go(SourceSession session, MigrationMark mark, StopInstant stop, long bootEpochMillis) {
        ClockOffset clock = session.outbound().clock().orElse(new ClockOffset(0, 0));
        List<Tick> ticks = session.running().probe().recent();
        Tick last = ticks.isEmpty() ? null : ticks.getLast();
        return new Go(
                mark.nextGeneration(),
                bootEpochMillis,
                stop.nanoTime() + clock.offsetNanos(),
                clock.roundTripNanos() / 2,
                last == null ? -1 : last.sequence(),
                last == null ? 0 : last.arrivalNanoTime() + clock.offsetNanos(),
                last == null ? 0 : PauseMeter.longestGapNanos(ticks, last.arrivalNanoTime() - TICK_WINDOW_NANOS));
    }

    private FaultException notSwitched(SourceSession session, RuntimeException cause) {
        FaultException why =
                cause instanceof FaultException fault ? fault : notSwitched(session.vmId(), cause.toString());
        log.info("{}: the switch-over did not take place: {}", session.vmId(), cause.toString());
        MigrationPhase phase = cancelInEngine(session);
        if (phase == MigrationPhase.COMPLETED) {
            throw new IllegalStateException(
                    session.vmId() + " was sent away without having been handed over; its lock tells who may run it",
                    cause);
        }
        settlement.stay(session, why);
        return why;
    }

    private static MigrationPhase cancelInEngine(SourceSession session) {
        try {
            return session.source().cancel();
        } catch (FaultException e) {
            log.info("{}: nothing to cancel any more: {}", session.vmId(), e.getMessage());
            return MigrationPhase.FAILED;
        }
    }

    private static FaultException notSwitched(String vmId, String why) {
        return new FaultException(Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        "the switch-over of " + vmId
                                + " did not take place; the guest runs on where it was. Migrate it again.")
                .about(vmId)
                .withContext(why));
    }

    private static long millisSince(StopInstant stop) {
        return (System.nanoTime() - stop.nanoTime()) / 1_000_000;
    }

    private static boolean isHandedOver(VmRecord record, SwitchOver order) {
        MigrationMark mark = record.migration();
        return record.state() == LedgerState.HANDED_OVER
                && mark != null
                && mark.migrationId().equals(order.migrationId());
    }

    private static MigrationMark requireMark(VmRecord record) {
        MigrationMark mark = record.migration();
        if (mark == null) {
            throw new IllegalStateException(record.vmId() + " is being switched over without the ledger knowing");
        }
        return mark;
    }

    private static boolean engineEnded(SourceSession session) {
        try {
            return session.running().state() == RunState.ENDED;
        } catch (FaultException e) {
            return false;
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(UNDECIDED_POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, "the agent is ending.");
        }
    }
}
