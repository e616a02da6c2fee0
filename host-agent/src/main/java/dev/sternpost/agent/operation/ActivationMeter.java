package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationTarget.RunInstant;
import dev.sternpost.agent.engine.TickProbe;
import dev.sternpost.agent.ledger.ActivationRecord;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.relay.Go;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out how long the guest stood still, after it was let run at the target, and stores it. */
final class ActivationMeter {

    private static final Logger log = LoggerFactory.getLogger(ActivationMeter.class);

    private static final Duration FIRST_TICK_TIMEOUT = Duration.ofSeconds(3);

    /** Stutter right after the move is part of what the guest saw. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final Ledger ledger;
    private final Workers workers;

    ActivationMeter(Ledger ledger, Workers workers) {
        this.ledger = ledger;
        this.workers = workers;
    }

    /** Measures on a thread of its own and completes the session's activation. */
    void measure(TargetSession session, String vmId, RunInstant run, @Nullable Go go) {
        Payload.Activation unknown = new Payload.Activation(true, 0, "");
        boolean begun = workers.start("measure-" + vmId, () -> {
            Payload.Activation result = unknown;
            try {
                result = go == null ? result : result(session.running().probe(), run, go);
                store(vmId, session.migrationId(), result);
                log.info(
                        "{}: stood still for {} ms ({}); the virtual CPUs for {} ms",
                        vmId,
                        Math.round(result.downtimeMillis()),
                        result.downtimeSource().isEmpty() ? "not measured" : result.downtimeSource(),
                        go == null ? "?" : Math.round((run.nanoTime() - go.stopNanos()) / 1e6));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // The guest runs; that its pause is unknown must not fail the migration.
                log.warn("{}: the pause could not be measured", vmId, e);
            } finally {
                session.activation().complete(result);
            }
        });
        if (!begun) {
            session.activation().complete(unknown);
        }
    }

    private static Payload.Activation result(TickProbe probe, RunInstant run, Go go) throws InterruptedException {
        double engineMillis = Math.max(0, (run.nanoTime() - go.stopNanos()) / 1e6);
        if (!go.ticked() || probe.awaitTick(go.lastTick(), FIRST_TICK_TIMEOUT).isEmpty()) {
            return new Payload.Activation(true, engineMillis, "engine");
        }
        TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
        double pauseMillis = PauseMeter.pauseMillis(go, probe.recent());
        probe.stop();
        return new Payload.Activation(true, pauseMillis, "guestTicker");
    }

    private void store(String vmId, String migrationId, Payload.Activation result) {
        ledger.update(
                vmId,
                record -> record.withActivation(
                        new ActivationRecord(migrationId, result.downtimeMillis(), result.downtimeSource())));
    }
}
