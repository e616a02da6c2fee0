package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.operation.SourceSession.Stage;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a migration from its first byte until the switch-over is allowed or the migration ends: reports rounds, says when
 * the guest may be stopped, and gives up when it takes too long, when permission does not come, or when the stream breaks.
 */
final class SourceDriver {

    private static final Logger log = LoggerFactory.getLogger(SourceDriver.class);

    private static final long POLL_MILLIS = 40;
    private static final long REPORT_MILLIS = 250;

    private static final long DISKS_PERCENT = 50;

    /** How long a guest that reached the switch-over by itself may stand still while permission is sought. */
    static final long STOPPED_MILLIS_MAX = 2_000;

    /** How long a converged guest is held ready for permission. */
    static final long HELD_MILLIS_MAX = 120_000;

    private final SourceSession session;
    private final Reporter reporter;
    private final SourceSettlement settlement;
    private final PrecopyLimits limits;
    private final MigrationConductor conductor;
    private final BooleanSupplier startMemory;
    private long startNanos = System.nanoTime();
    private long stoppedSinceNanos;
    private long heldSinceNanos;
    private long reportedNanos;
    private int reportedRound;

    /** @param startMemory begins with memory when disks that go along are in step; false when the migration has ended */
    SourceDriver(SourceSession session, Reporter reporter, SourceSettlement settlement, BooleanSupplier startMemory) {
        this.startMemory = startMemory;
        this.session = session;
        this.reporter = reporter;
        this.settlement = settlement;
        this.limits = session.order().limits();
        this.conductor = new MigrationConductor(
                session.vmId(),
                session.source(),
                limits,
                session.order().bandwidthBytesPerSecondMax(),
                session.running().launch().shape().memoryBytes());
    }

    void run() {
        try {
            boolean withDisks = session.order().filesTo() != null;
            if (withDisks && !copyDisks()) {
                return;
            }
            while (session.stage() == Stage.COPYING) {
                FaultException failure = withDisks ? disksFailed(look()) : null;
                failure = failure == null ? step() : failure;
                if (failure != null) {
                    giveUp(failure);
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // The engine is gone or does not answer; the migration cannot go on, and must not be left without a driver.
            giveUp(asFault(e));
        }
    }

    /** Returns when disks are in step and memory is on its way; false when it is over before. */
    private boolean copyDisks() throws InterruptedException {
        while (session.stage() == Stage.COPYING) {
            StorageMover.Progress progress = look();
            FaultException failure =
                    session.cancelled() ? SourceOperations.cancelled(session.vmId()) : disksFailed(progress);
            if (failure != null) {
                giveUp(failure);
                return false;
            }
            if (progress.inStep()) {
                startNanos = System.nanoTime();
                return startMemory.getAsBoolean();
            }
            reportDisks(progress, System.nanoTime());
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return false;
    }

    private StorageMover.Progress look() {
        return session.running().diskSender().progress();
    }

    private void reportDisks(StorageMover.Progress progress, long now) {
        if (reportedNanos != 0 && millisSince(reportedNanos, now) < REPORT_MILLIS) {
            return;
        }
        reportedNanos = now;
        long total = progress.totalBytes();
        // Memory still comes after them.
        int percent =
                total == 0 ? 0 : (int) Math.clamp(progress.copiedBytes() * DISKS_PERCENT / total, 0, DISKS_PERCENT);
        reporter.progress(
                session.commandId(),
                percent,
                (progress.copiedBytes() >> 20) + " of " + (total >> 20) + " MiB of disks copied",
                null);
    }

    private @Nullable FaultException disksFailed(StorageMover.Progress progress) {
        if (progress.error().isEmpty()) {
            return null;
        }
        boolean full = progress.error().contains("No space left");
        return new FaultException(Fault.of(
                        full ? FaultCode.DATASTORE_FULL : FaultCode.MIGRATION_FAILED,
                        full
                                ? "the datastore of the target became full while the disks of " + session.vmId()
                                        + " were copied to it; it goes on where it was. Free some space or choose another."
                                : "the disks of " + session.vmId()
                                        + " could not be copied; it goes on where it was. Look at both hosts' logs, then migrate it again.")
                .about(session.vmId())
                .withContext(progress.error()));
    }

    /** One look; returns why to give up, or null. */
    private @Nullable FaultException step() {
        MigrationProgress progress = session.source().progress();
        long now = System.nanoTime();
        long elapsedMillis = millisSince(startNanos, now);
        boolean copying = progress.phase() == MigrationPhase.PRECOPY && !progress.converged() && heldSinceNanos == 0;
        Optional<String> hopeless = copying ? conductor.lead(progress, elapsedMillis) : Optional.empty();
        report(progress.with(conductor.conduct()), now);
        if (session.cancelled()) {
            return SourceOperations.cancelled(session.vmId());
        }
        if (progress.phase().ended()) {
            return failed(progress.error());
        }
        boolean stopped = progress.phase() == MigrationPhase.PRE_SWITCHOVER;
        if (stopped || progress.converged()) {
            if (heldSinceNanos == 0) {
                heldSinceNanos = now;
                conductor.converged(progress, elapsedMillis, limits);
            }
            session.converged().complete(progress.with(conductor.conduct()));
        } else if (hopeless.isPresent()) {
            return notConverging(hopeless.get());
        }
        stoppedSinceNanos = !stopped ? 0 : stoppedSinceNanos == 0 ? now : stoppedSinceNanos;
        if (stoppedSinceNanos != 0 && millisSince(stoppedSinceNanos, now) > STOPPED_MILLIS_MAX) {
            return unpermitted("the guest had to stand still");
        }
        if (heldSinceNanos != 0 && millisSince(heldSinceNanos, now) > HELD_MILLIS_MAX) {
            return unpermitted("it was held ready for " + HELD_MILLIS_MAX / 1000 + " s");
        }
        return null;
    }

    private void giveUp(FaultException failure) {
        if (session.stage() != Stage.COPYING) {
            return; // The switch-over has taken it on; it hears of the failure itself.
        }
        log.info(
                "{}: migration {} gives up: {}", session.vmId(), session.order().migrationId(), failure.getMessage());
        settlement.giveUp(session, failure);
    }

    private void report(MigrationProgress progress, long now) {
        int round =
                progress.rounds().isEmpty() ? 0 : progress.rounds().getLast().number();
        if (reportedNanos != 0 && round == reportedRound && millisSince(reportedNanos, now) < REPORT_MILLIS) {
            return;
        }
        reportedNanos = now;
        reportedRound = round;
        long all = progress.sentBytes() + progress.remainingBytes();
        int percent = all == 0 ? 0 : (int) Math.min(99, progress.sentBytes() * 100 / all);
        reporter.progress(
                session.commandId(),
                percent,
                "round " + round + ", " + (progress.remainingBytes() >> 20) + " MiB left",
                progress);
    }

    private FaultException notConverging(String why) {
        return new FaultException(
                FaultCode.MIGRATION_NOT_CONVERGING,
                session.vmId(),
                "the live migration of " + session.vmId() + " did not converge: " + why + ".");
    }

    private FaultException unpermitted(String why) {
        return new FaultException(
                FaultCode.OPERATION_TIMED_OUT,
                session.vmId(),
                "the switch-over of " + session.vmId() + " was not allowed in time (" + why
                        + "); the guest runs on where it was. Migrate it again.");
    }

    private FaultException failed(String error) {
        String relay = session.outbound().streamEnd().isCompletedExceptionally()
                ? session.outbound().lost().getNow("the stream broke")
                : "";
        return new FaultException(Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        "the live migration of " + session.vmId()
                                + " broke off; the guest runs on where it was. Look at the target's log, then migrate it again.")
                .about(session.vmId())
                .withContext(error + (relay.isEmpty() ? "" : "; relay: " + relay)));
    }

    private FaultException asFault(RuntimeException e) {
        return e instanceof FaultException fault
                ? fault
                : new FaultException(
                        Fault.of(
                                        FaultCode.MIGRATION_FAILED,
                                        "the live migration of " + session.vmId() + " failed here.")
                                .about(session.vmId())
                                .withContext(e.toString()),
                        e);
    }

    private static long millisSince(long sinceNanos, long now) {
        return (now - sinceNanos) / 1_000_000;
    }
}
