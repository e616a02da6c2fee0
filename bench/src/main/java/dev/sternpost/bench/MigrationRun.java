package dev.sternpost.bench;

import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.vmotion.precopy.ConvergenceControl;
import dev.sternpost.vmotion.precopy.ConvergenceMeans;
import dev.sternpost.vmotion.precopy.DirtySample;
import dev.sternpost.vmotion.precopy.EngineCost;
import dev.sternpost.vmotion.precopy.LoadEstimate;
import dev.sternpost.vmotion.precopy.PrecopyDecision;
import dev.sternpost.vmotion.precopy.PrecopyForecast;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import dev.sternpost.vmotion.precopy.PrecopyPredictor;
import dev.sternpost.vmotion.precopy.PrecopyProgress;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import dev.sternpost.vmotion.precopy.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One migration of one point, from the first byte until the guest runs at the target.
 *
 * @param completed false when it was cancelled at {@link #SECONDS_MAX}
 * @param seconds in all
 * @param pauseMillis longest time without a tick of the guest
 * @param takenMillis time taken from the guest to make it converge
 * @param expected what was expected before it began; null for QEMU alone, which expects nothing
 * @param calledHopeless whether, by the end of the second round, it was said that the rounds alone do not converge
 */
record MigrationRun(
        boolean completed,
        double seconds,
        double pauseMillis,
        double takenMillis,
        @Nullable PrecopyForecast expected,
        boolean calledHopeless) {

    static final int SECONDS_MAX = 20;

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 20_000_000;
    /** QEMU alone would let the guest run by itself; here it is told to, at once. */
    private static final long POLL_BRIEF_NANOS = 2_000_000;

    private static final int[] LOOK_SECONDS = {1, 3};
    private static final int LOOK_PAGES = 4096;
    private static final int ROUNDS_TO_JUDGE = 2;

    private static void poll() {
        LockSupport.parkNanos(POLL_NANOS);
    }

    private static boolean late(long begunNanoTime) {
        return System.nanoTime() - begunNanoTime > SECONDS_MAX * 1_000_000_000L;
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    /** By our engine, led by our control. */
    static MigrationRun ours(MigrationPoint point) throws IOException {
        try (QemuPair pair = new QemuPair(point.guest())) {
            List<DirtySample> looks = looks(pair);
            PrecopyForecast expected = expected(point, looks);
            Path in = pair.shadow.socketDirectory().resolve("in.sock");
            Path out = pair.source.socketDirectory().resolve("out.sock");
            pair.shadow.migrationTarget().listen(in);
            MigrationSource source = pair.source.migrationSource();
            ConvergenceControl control =
                    new ConvergenceControl(limits(), means(source), EngineCost.QEMU, QemuPair.MEMORY_BYTES, looks);
            try (Pipe pipe = new Pipe(out, in);
                    GapMeter gap = new GapMeter(pair.consoleLog())) {
                long begun = System.nanoTime();
                source.start(out, point.bandwidthBytesPerSecond(), MigrationPoint.DOWNTIME_MILLIS);
                Optional<Boolean> called = lead(source, control, begun);
                if (!source.progress().converged()) {
                    source.cancel();
                    return new MigrationRun(
                            false,
                            secondsSince(begun),
                            gap.longestMillis(),
                            source.takenMillis(),
                            expected,
                            called.orElse(false));
                }
                double taken = source.takenMillis();
                source.requestSwitchover(MigrationPoint.DOWNTIME_MILLIS);
                source.awaitPreSwitchover(BOUND);
                source.continueSwitchover();
                source.awaitCompleted(BOUND);
                pair.shadow.migrationTarget().awaitLoaded(BOUND);
                pair.shadow.migrationTarget().activate();
                double seconds = secondsSince(begun);
                awaitTicks(gap);
                return new MigrationRun(true, seconds, gap.longestMillis(), taken, expected, called.orElse(false));
            }
        }
    }

    private static PrecopyLimits limits() {
        return new PrecopyLimits(MigrationPoint.DOWNTIME_MILLIS, SECONDS_MAX * 1000L);
    }

    private static ConvergenceMeans means(MigrationSource source) {
        return new ConvergenceMeans(0, 0, source.throttleShareMax(), false);
    }

    /** Until it has converged or is late; whether it was called hopeless in time, when it came to that. */
    private static Optional<Boolean> lead(MigrationSource source, ConvergenceControl control, long begun) {
        Optional<Boolean> called = Optional.empty();
        MigrationProgress progress = source.progress();
        while (!progress.converged() && !progress.phase().ended() && !late(begun)) {
            PrecopyDecision decision = control.decide(seen(progress, begun));
            if (decision instanceof PrecopyDecision.Throttle throttle) {
                source.throttle(throttle.share());
            }
            int ended = progress.rounds().size() - 1;
            if (ended == ROUNDS_TO_JUDGE && called.isEmpty()) {
                called = control.forecast().map(forecast -> !forecast.converges());
            }
            poll();
            progress = source.progress();
        }
        return called;
    }

    private static PrecopyProgress seen(MigrationProgress progress, long begun) {
        return new PrecopyProgress(
                progress.rounds().stream()
                        .map(round -> new PrecopyRound(
                                round.number(),
                                round.sentBytes(),
                                round.remainingBytes(),
                                round.dirtyRateBytesPerSecond(),
                                round.durationMillis()))
                        .toList(),
                progress.remainingBytes(),
                progress.bandwidthBytesPerSecond(),
                Math.round(secondsSince(begun) * 1000));
    }

    /** A tick or two, so that the last gap is over. */
    private static void awaitTicks(GapMeter gap) {
        long ticks = gap.ticks();
        QemuPair.await("the guest ticks at the target", BOUND, () -> gap.ticks() > ticks + 2);
    }

    /** What the agent's statistics would know. */
    private static List<DirtySample> looks(QemuPair pair) throws IOException {
        List<DirtySample> samples = new ArrayList<>();
        try (QmpClient monitor = QemuPair.monitor(pair.source)) {
            for (int seconds : LOOK_SECONDS) {
                QemuPair.ask(monitor, "calc-dirty-rate", "calc-time", seconds, "sample-pages", LOOK_PAGES);
                QemuPair.await("a look at dirtied memory", BOUND, () -> {
                    JsonNode answer = QemuPair.ask(monitor, "query-dirty-rate");
                    return answer.path("status").asString("").equals("measured");
                });
                double rate = QemuPair.ask(monitor, "query-dirty-rate")
                        .path("dirty-rate")
                        .asDouble(0);
                samples.add(DirtySample.ofPagesSampled(seconds, rate * seconds * (1 << 20)));
            }
        }
        return samples;
    }

    private static PrecopyForecast expected(MigrationPoint point, List<DirtySample> looks) {
        return PrecopyPredictor.predict(new PrecopyPredictor.Question(
                LoadEstimate.from(looks, QemuPair.MEMORY_BYTES),
                Range.around(point.filledBytes(), 0.05),
                0,
                Range.around((double) point.bandwidthBytesPerSecond(), 0.05),
                limits(),
                EngineCost.QEMU));
    }

    /** By QEMU alone, from socket to socket, as its manual has it. */
    static MigrationRun qemu(MigrationPoint point) throws IOException {
        try (QemuPair pair = new QemuPair(point.guest());
                QmpClient source = QemuPair.monitor(pair.source);
                QmpClient target = QemuPair.monitor(pair.shadow)) {
            Path in = pair.shadow.socketDirectory().resolve("in.sock");
            for (QmpClient monitor : List.of(source, target)) {
                QemuPair.ask(monitor, "migrate-set-capabilities", "capabilities", capabilities());
            }
            QemuPair.ask(target, "migrate-incoming", "uri", "unix:" + in);
            QemuPair.ask(
                    source,
                    "migrate-set-parameters",
                    "max-bandwidth",
                    point.bandwidthBytesPerSecond(),
                    "downtime-limit",
                    MigrationPoint.DOWNTIME_MILLIS);
            try (GapMeter gap = new GapMeter(pair.consoleLog())) {
                long begun = System.nanoTime();
                QemuPair.ask(source, "migrate", "uri", "unix:" + in);
                String status = "";
                while (!status.equals("completed") && !status.equals("failed") && !late(begun)) {
                    LockSupport.parkNanos(POLL_BRIEF_NANOS);
                    status =
                            QemuPair.ask(source, "query-migrate").path("status").asString("");
                }
                if (!status.equals("completed")) {
                    QemuPair.ask(source, "migrate_cancel");
                    return new MigrationRun(false, secondsSince(begun), gap.longestMillis(), 0, null, false);
                }
                QemuPair.ask(target, "cont");
                double seconds = secondsSince(begun);
                awaitTicks(gap);
                return new MigrationRun(true, seconds, gap.longestMillis(), 0, null, false);
            }
        }
    }

    private static List<JsonNode> capabilities() {
        List<JsonNode> capabilities = new ArrayList<>();
        for (String name : List.of("return-path", "events")) {
            capabilities.add(Json.object("capability", name, "state", true));
        }
        return capabilities;
    }
}
