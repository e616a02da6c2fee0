package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationConduct;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationRound;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.vmotion.precopy.ConvergenceControl;
import dev.sternpost.vmotion.precopy.ConvergenceMeans;
import dev.sternpost.vmotion.precopy.EngineCost;
import dev.sternpost.vmotion.precopy.PrecopyDecision;
import dev.sternpost.vmotion.precopy.PrecopyForecast;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import dev.sternpost.vmotion.precopy.PrecopyProgress;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads one migration towards its downtime budget: asks {@link ConvergenceControl} after each look, does what it says, and
 * keeps a record of it. The stop itself is not its business: the engine holds by itself when what is left fits.
 */
final class MigrationConductor {

    private static final Logger log = LoggerFactory.getLogger(MigrationConductor.class);

    private final String vmId;
    private final MigrationSource source;
    private final ConvergenceControl control;
    private MigrationConduct conduct = MigrationConduct.NONE;

    MigrationConductor(
            String vmId,
            MigrationSource source,
            PrecopyLimits limits,
            long bandwidthLimitBytesPerSecond,
            long memoryBytes) {
        this.vmId = vmId;
        this.source = source;
        double shareMax = Math.min(source.throttleShareMax(), ConvergenceMeans.THROTTLE_SHARE_MAX_DEFAULT);
        // More bandwidth than was asked for is not ours to take, and post-copy risks the guest's life: neither is a
        // means here.
        ConvergenceMeans means = new ConvergenceMeans(bandwidthLimitBytesPerSecond, 0, shareMax, false);
        this.control = new ConvergenceControl(limits, means, EngineCost.QEMU, memoryBytes, List.of());
    }

    /**
     * Looks at a migration that goes on, and acts.
     *
     * @return why it is given up; empty while it goes on
     */
    Optional<String> lead(MigrationProgress progress, long elapsedMillis) {
        PrecopyProgress seen = new PrecopyProgress(
                progress.rounds().stream().map(MigrationConductor::precopyRound).toList(),
                progress.remainingBytes(),
                progress.bandwidthBytesPerSecond(),
                elapsedMillis);
        PrecopyDecision decision = control.decide(seen);
        conduct = conduct.withOutlook(
                control.forecast().map(PrecopyForecast::sentence).orElse(""), source.takenMillis());
        return switch (decision) {
            case PrecopyDecision.Continue _, PrecopyDecision.SwitchOver _ -> Optional.empty();
            case PrecopyDecision.Throttle throttle -> {
                note(seen, "throttle", throttle.reason());
                throttle(throttle.share());
                yield Optional.empty();
            }
            case PrecopyDecision.RaiseBandwidth _, PrecopyDecision.PostCopy _ ->
                throw new IllegalStateException("not among the means: " + decision);
            case PrecopyDecision.GiveUp giveUp -> {
                note(seen, "giveUp", giveUp.reason());
                yield Optional.of(giveUp.reason());
            }
        };
    }

    /** Notes that what is left fits. */
    void converged(MigrationProgress progress, long elapsedMillis, PrecopyLimits limits) {
        conduct = conduct.withOutlook(conduct.outlook(), source.takenMillis());
        conduct = conduct.with(new MigrationConduct.Decision(
                elapsedMillis,
                round(progress),
                "switchOver",
                "%d KiB are left after a round, which fits %d ms at %d MiB/s; the pause may be %d ms in all"
                        .formatted(
                                progress.remainingAfterSyncBytes() >> 10,
                                limits.pagesMillis(),
                                progress.bandwidthBytesPerSecond() >> 20,
                                limits.downtimeMillis())));
    }

    private static int round(MigrationProgress progress) {
        return progress.rounds().isEmpty() ? 0 : progress.rounds().getLast().number();
    }

    private void throttle(double share) {
        try {
            source.throttle(share);
        } catch (FaultException e) {
            log.warn("{}: cannot be throttled: {}", vmId, e.getMessage());
        }
    }

    private void note(PrecopyProgress seen, String kind, String reason) {
        log.info("{}: {}: {}", vmId, kind, reason);
        int round = seen.rounds().isEmpty() ? 0 : seen.rounds().getLast().number();
        conduct = conduct.with(new MigrationConduct.Decision(seen.elapsedMillis(), round, kind, reason));
    }

    /** What was done so far. */
    MigrationConduct conduct() {
        return conduct;
    }

    private static PrecopyRound precopyRound(MigrationRound round) {
        return new PrecopyRound(
                round.number(),
                round.sentBytes(),
                round.remainingBytes(),
                round.dirtyRateBytesPerSecond(),
                round.durationMillis());
    }
}
