package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.MigrationConduct;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.RoundTracker;
import dev.sternpost.agent.engine.Signal;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Pre-copy by QEMU, with a {@link SwitchoverGate} that keeps QEMU from stopping the guest before it is permitted. A
 * thread watches the migration and moves it through {@link Stage}s; only it and {@link #requestSwitchover} steer.
 */
final class QemuMigrationSource implements MigrationSource {

    private static final Logger LOG = LoggerFactory.getLogger(QemuMigrationSource.class);
    private static final Duration SAMPLE_INTERVAL = Duration.ofMillis(25);
    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RESUME_TIMEOUT = Duration.ofSeconds(5);
    private static final long DOWNTIME_MILLIS_MAX = 60_000;
    private static final int PAGE_BYTES = 4096;
    private static final int BYTES_PER_MEGABIT = 125_000;

    private final String vmId;
    private final Monitor monitor;
    private final FileOwner owner;
    private final SwitchoverGate gate;
    private final GuestThrottle throttle;
    private final Signal signal = new Signal();
    private final Object lock = new Object();
    private RoundTracker tracker = new RoundTracker();
    private long downtimeMillisMax = 300;
    private Stage stage = Stage.HOLDING;
    private int syncCountBefore;
    private long pagesSent;
    private String error = "";
    private volatile MigrationPhase phase = MigrationPhase.NONE;
    private volatile @Nullable StopInstant stopped;
    private volatile long completedNanoTime;

    QemuMigrationSource(String vmId, Monitor monitor, FileOwner owner, GuestThrottle throttle) {
        this.vmId = vmId;
        this.monitor = monitor;
        this.owner = owner;
        this.gate = new SwitchoverGate(monitor);
        this.throttle = throttle;
    }

    /** What is being done. */
    private enum Stage {
        /** What is dirty is sent at full speed; the dirty bitmap is not read again. */
        COPYING,
        /** All was sent; sending is slowed down before the bitmap may be read. */
        SETTLING,
        /** Waiting for the bitmap to be read once, which tells what the guest dirtied meanwhile. */
        READING,
        /** What is dirty fits the pause; the guest runs on until the switch-over is permitted. */
        HOLDING,
        /** QEMU may stop the guest as soon as what is left fits. */
        PERMITTED
    }

    /** Looks whether a migration is under way that an earlier agent started. */
    void adopt() {
        throttle.lift(); // who set it is gone, and with it who would have known when it is enough
        synchronized (lock) {
            stage = Stage.HOLDING;
            sample();
            if (!phase.ended()) {
                Thread.ofVirtual().name("migration-" + vmId).start(this::watch);
            }
        }
    }

    /** An event of this virtual machine, on the thread that reads them. */
    void event(QmpEvent event) {
        switch (event.name()) {
            case "MIGRATION" -> moved(phaseOf(event.data().path("status").asString("")), event);
            case "STOP" -> stopped = new StopInstant(event.arrivalNanoTime(), event.arrivalEpochNanos());
            default -> {
                return;
            }
        }
        signal.raise();
    }

    private void moved(MigrationPhase next, QmpEvent event) {
        if (phase == MigrationPhase.NONE) {
            return; // the stream that brought this virtual machine here, not one that takes it away
        }
        if (next == MigrationPhase.COMPLETED) {
            completedNanoTime = event.arrivalNanoTime();
        }
        advance(next);
    }

    // An answer may be older than an event that overtook it, so the phase only moves forward.
    private synchronized void advance(MigrationPhase next) {
        if (rank(next) > rank(phase)) {
            phase = next;
        }
    }

    private static int rank(MigrationPhase phase) {
        return switch (phase) {
            case NONE -> 0;
            case PRECOPY -> 1;
            case PRE_SWITCHOVER -> 2;
            case DEVICE -> 3;
            case COMPLETED, FAILED, CANCELLED -> 4;
        };
    }

    /** The process is gone. */
    void ended() {
        if (!phase.ended()) {
            synchronized (lock) {
                error = "the virtual machine has ended";
            }
            advance(MigrationPhase.FAILED);
        }
        signal.raise();
    }

    @Override
    public void start(Path socket, long bandwidthBytesPerSecond, long downtimeMillis) {
        if (bandwidthBytesPerSecond < 0 || downtimeMillis < 1 || downtimeMillis > DOWNTIME_MILLIS_MAX) {
            throw new IllegalArgumentException("bandwidth or downtime out of range");
        }
        synchronized (lock) {
            if (!phase.ended() || phase == MigrationPhase.COMPLETED) {
                throw new IllegalStateException("a migration of " + vmId + " is " + phase);
            }
            tracker = new RoundTracker();
            downtimeMillisMax = downtimeMillis;
            stage = Stage.COPYING;
            error = "";
            stopped = null;
            throttle.begin();
            giveToEngine(socket);
            monitor.execute("migrate-set-capabilities", "capabilities", Capabilities.forLiveMigration(false));
            gate.prepare(bandwidthBytesPerSecond);
            gate.copy();
            phase = MigrationPhase.PRECOPY;
            try {
                monitor.execute("migrate", "uri", "unix:" + socket);
            } catch (FaultException e) {
                phase = MigrationPhase.FAILED;
                throw e;
            }
        }
        Thread.ofVirtual().name("migration-" + vmId).start(this::watch);
    }

    private void giveToEngine(Path socket) {
        try {
            owner.own(socket);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.MIGRATION_FAILED,
                                    "The stream of the live migration cannot be reached by the hypervisor; see the"
                                            + " agent's log.")
                            .about(vmId)
                            .withContext(e.toString()),
                    e);
        }
    }

    private void watch() {
        try {
            watchUntilEnded();
        } finally {
            throttle.lift();
        }
    }

    private void watchUntilEnded() {
        while (!phase.ended()) {
            signal.await(SAMPLE_INTERVAL, () -> phase.ended());
            try {
                synchronized (lock) {
                    sample();
                    steer();
                }
            } catch (FaultException e) {
                LOG.debug("migration of {}: {}", vmId, e.toString());
                if (e.code() == FaultCode.HOST_ERROR) {
                    return;
                }
            }
        }
        signal.raise();
    }

    private void steer() {
        RoundTracker.Sample last = tracker.last();
        LOG.trace("{} {} {}", phase, stage, last);
        if (phase != MigrationPhase.PRECOPY || last.syncCount() == 0) {
            return;
        }
        switch (stage) {
            case COPYING -> {
                // While it sets up, QEMU says that nothing is left; it means that nothing has begun.
                if (last.remainingBytes() == 0 && pagesSent > 0) {
                    // From here on: QEMU goes by the limit before for up to 100 ms, and may read the bitmap while it
                    // settles.
                    syncCountBefore = last.syncCount();
                    gate.settle();
                    stage = Stage.SETTLING;
                }
            }
            case SETTLING -> {
                if (gate.settled(last.bandwidthBytesPerSecond())) {
                    gate.hold();
                    stage = Stage.READING;
                }
            }
            case READING -> {
                if (last.syncCount() > syncCountBefore) {
                    holdOrCopy();
                }
            }
            case HOLDING -> holdOrCopy();
            case PERMITTED -> gate.adjust(last.bandwidthBytesPerSecond(), downtimeMillisMax);
        }
    }

    private void holdOrCopy() {
        if (snapshot().fits(downtimeMillisMax)) {
            stage = Stage.HOLDING;
        } else {
            gate.copy();
            stage = Stage.COPYING;
        }
    }

    private void sample() {
        JsonNode answer = monitor.execute("query-migrate");
        JsonNode ram = answer.path("ram");
        MigrationPhase now = phaseOf(answer.path("status").asString("none"));
        if (now == MigrationPhase.COMPLETED && ram.isMissingNode()) {
            now = MigrationPhase.NONE; // QEMU speaks of the stream that brought this virtual machine here
        }
        pagesSent = ram.path("normal").asLong(0) + ram.path("duplicate").asLong(0);
        long elapsedMillis = answer.path("total-time").asLong(0);
        long sentBytes = ram.path("transferred").asLong(0);
        long latelyBytesPerSecond = (long) (ram.path("mbps").asDouble(0) * BYTES_PER_MEGABIT);
        long averageBytesPerSecond = elapsedMillis < 1 ? 0 : sentBytes * 1000 / elapsedMillis;
        RoundTracker.Sample sample = new RoundTracker.Sample(
                ram.path("dirty-sync-count").asInt(0),
                sentBytes,
                ram.path("remaining").asLong(0),
                ram.path("dirty-pages-rate").asLong(0) * PAGE_BYTES,
                stage == Stage.COPYING ? Math.max(latelyBytesPerSecond, averageBytesPerSecond) : latelyBytesPerSecond,
                elapsedMillis);
        switch (stage) {
            case COPYING, PERMITTED -> tracker.sample(sample);
            // Sending is slow on purpose now, which says nothing about the link.
            case SETTLING, READING -> tracker.sampleSlowed(sample);
            case HOLDING -> tracker.sampleHeld(sample);
        }
        if (answer.has("error-desc")) {
            error = answer.path("error-desc").asString("");
        }
        advance(now);
    }

    // The event that tells of a failure comes without its reason, and may come just when nobody would ask any more.
    private void learnWhyItFailed() {
        if (phase == MigrationPhase.FAILED && error.isEmpty()) {
            try {
                sample();
            } catch (FaultException e) {
                LOG.debug("why the migration of {} failed is not known: {}", vmId, e.toString());
            }
        }
    }

    private static MigrationPhase phaseOf(String status) {
        return switch (status) {
            case "none", "" -> MigrationPhase.NONE;
            case "pre-switchover" -> MigrationPhase.PRE_SWITCHOVER;
            case "device" -> MigrationPhase.DEVICE;
            case "completed" -> MigrationPhase.COMPLETED;
            case "failed" -> MigrationPhase.FAILED;
            case "cancelled" -> MigrationPhase.CANCELLED;
            // setup, active, cancelling
            default -> MigrationPhase.PRECOPY;
        };
    }

    @Override
    public MigrationProgress progress() {
        synchronized (lock) {
            if (!phase.ended()) {
                sample();
            }
            learnWhyItFailed();
            return snapshot();
        }
    }

    private MigrationProgress snapshot() {
        RoundTracker.Sample last = tracker.last();
        StopInstant stop = stopped;
        double downtimeMillis =
                phase == MigrationPhase.COMPLETED && stop != null ? (completedNanoTime - stop.nanoTime()) / 1e6 : 0;
        boolean waits = phase == MigrationPhase.PRE_SWITCHOVER || phase == MigrationPhase.DEVICE;
        boolean holds = phase == MigrationPhase.PRECOPY && stage == Stage.HOLDING;
        return new MigrationProgress(
                phase,
                tracker.rounds(),
                last.sentBytes(),
                last.remainingBytes(),
                tracker.remainingAfterSyncBytes(),
                waits || holds,
                tracker.bandwidthBytesPerSecond(),
                last.elapsedMillis(),
                downtimeMillis,
                error,
                MigrationConduct.NONE);
    }

    @Override
    public void requestSwitchover(long downtimeMillis) {
        if (downtimeMillis < 1 || downtimeMillis > DOWNTIME_MILLIS_MAX) {
            throw new IllegalArgumentException("downtime out of range: " + downtimeMillis);
        }
        synchronized (lock) {
            downtimeMillisMax = downtimeMillis;
            stage = Stage.PERMITTED;
            gate.open(downtimeMillis);
        }
    }

    boolean underWay() {
        return !phase.ended();
    }

    @Override
    public double throttleShareMax() {
        return throttle.possible() ? GuestThrottle.SHARE_MAX : 0;
    }

    @Override
    public void throttle(double share) {
        if (!(share >= 0 && share <= GuestThrottle.SHARE_MAX)) {
            throw new IllegalArgumentException("share out of range: " + share);
        }
        synchronized (lock) {
            if (!phase.ended()) {
                throttle.set(share);
            }
        }
    }

    @Override
    public double takenMillis() {
        return throttle.takenMillis();
    }

    @Override
    public StopInstant awaitPreSwitchover(Duration timeout) {
        signal.await(timeout, () -> phase.ended() || phase == MigrationPhase.PRE_SWITCHOVER);
        if (phase == MigrationPhase.PRE_SWITCHOVER) {
            StopInstant known = stopped;
            return known != null ? known : new StopInstant(System.nanoTime(), System.currentTimeMillis() * 1_000_000);
        }
        if (phase.ended()) {
            throw failed("The live migration ended before the switch-over");
        }
        throw new FaultException(
                FaultCode.MIGRATION_NOT_CONVERGING,
                vmId,
                "The guest dirties its memory faster than it can be copied within the pause allowed; allow a longer"
                        + " pause or migrate when it is less busy.");
    }

    @Override
    public void continueSwitchover() {
        if (phase != MigrationPhase.PRE_SWITCHOVER) {
            throw failed("The live migration does not wait for the switch-over any more");
        }
        try {
            monitor.execute("migrate-continue", "state", "pre-switchover");
        } catch (FaultException e) {
            throw new FaultException(
                    failed("The live migration could not be continued")
                            .fault()
                            .withContext(String.valueOf(e.getMessage())),
                    e);
        }
    }

    @Override
    public MigrationProgress awaitCompleted(Duration timeout) {
        if (!signal.await(timeout, () -> phase.ended())) {
            throw new FaultException(
                    FaultCode.OPERATION_TIMED_OUT,
                    vmId,
                    "The target has not acknowledged the memory in time; ask for the state of the migration.");
        }
        synchronized (lock) {
            if (phase != MigrationPhase.COMPLETED) {
                throw failed("The live migration failed in the switch-over");
            }
            sample();
            return snapshot();
        }
    }

    private FaultException failed(String what) {
        String reason;
        synchronized (lock) {
            learnWhyItFailed();
            reason = error;
        }
        return Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        what + " (" + phase + "); the virtual machine stays on its host, try again.")
                .about(vmId)
                .withContext(reason)
                .exception();
    }

    @Override
    public MigrationPhase cancel() {
        if (phase.ended()) {
            return phase;
        }
        monitor.execute("migrate_cancel");
        if (!signal.await(CANCEL_TIMEOUT, () -> phase.ended())) {
            // The stream hangs somewhere behind the socket: cut it.
            monitor.yankMigration();
            signal.await(CANCEL_TIMEOUT, () -> phase.ended());
        }
        if (phase == MigrationPhase.COMPLETED) {
            return phase;
        }
        List<String> seen = new ArrayList<>();
        boolean runs = signal.await(RESUME_TIMEOUT, () -> {
            seen.add(monitor.status());
            return !seen.getLast().equals("finish-migrate");
        });
        LOG.info("migration of {} cancelled, guest {}", vmId, runs ? seen.getLast() : "still stopped");
        return phase;
    }

    /** What is migrated and how. */
    static final class Capabilities {
        private Capabilities() {}

        static List<JsonNode> forLiveMigration(boolean target) {
            return List.of(
                    one("events", true),
                    one("return-path", true),
                    one("pause-before-switchover", true),
                    one("dirty-bitmaps", true),
                    // The target takes the disks when it is told to run, not when memory has arrived.
                    one("late-block-activate", target));
        }

        static List<JsonNode> forFile() {
            return List.of(
                    one("events", true),
                    one("return-path", false),
                    one("pause-before-switchover", false),
                    one("dirty-bitmaps", false),
                    one("late-block-activate", false));
        }

        private static JsonNode one(String name, boolean state) {
            return Json.object("capability", name, "state", state);
        }
    }
}
