package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.MigrationConduct;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.RoundTracker;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.Signal;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Pre-copy of a simulated guest: the textbook's loop over a dirty bitmap. */
final class SimulatedSource implements MigrationSource {

    private static final Duration POLL = Duration.ofMillis(10);
    private static final long BANDWIDTH_DEFAULT = 1_000_000_000;

    private final SimulatedProcess process;
    private final Signal signal = new Signal();
    private RoundTracker tracker = new RoundTracker();
    private volatile MigrationPhase phase = MigrationPhase.NONE;
    private volatile boolean permitted;
    private volatile boolean held;
    private volatile boolean continued;
    private volatile boolean cancelled;
    private volatile String error = "";
    private volatile long downtimeMillisMax;
    private volatile long bandwidth;
    private volatile @Nullable StopInstant stopped;
    private volatile long completedNanoTime;
    private volatile @Nullable SocketChannel channel;
    private long startNanoTime;
    private long sentBytes;
    private int syncCount;

    SimulatedSource(SimulatedProcess process) {
        this.process = process;
    }

    @Override
    public synchronized void start(Path socket, long bandwidthBytesPerSecond, long downtimeMillis) {
        if (bandwidthBytesPerSecond < 0 || downtimeMillis < 1) {
            throw new IllegalArgumentException("bandwidth or downtime out of range");
        }
        if (!phase.ended() || phase == MigrationPhase.COMPLETED) {
            throw new IllegalStateException("a migration of " + process.launch().vmId() + " is " + phase);
        }
        tracker = new RoundTracker();
        bandwidth = bandwidthBytesPerSecond == 0 ? BANDWIDTH_DEFAULT : bandwidthBytesPerSecond;
        downtimeMillisMax = downtimeMillis;
        permitted = false;
        held = false;
        continued = false;
        cancelled = false;
        error = "";
        stopped = null;
        sentBytes = 0;
        syncCount = 1;
        startNanoTime = System.nanoTime();
        phase = MigrationPhase.PRECOPY;
        Thread.ofVirtual()
                .name("simulated-migration-" + process.launch().vmId())
                .start(() -> run(socket));
    }

    private void run(Path socket) {
        try (SocketChannel to = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel = to;
            to.connect(UnixDomainSocketAddress.of(socket));
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(to));
            precopy(out);
            switchOver(out, to);
            process.hardware().unlockDisks(process);
            process.become(RunState.MIGRATED_AWAY);
            completedNanoTime = System.nanoTime();
            phase = MigrationPhase.COMPLETED;
        } catch (IOException e) {
            error = e.toString();
            goOnHere();
        } finally {
            channel = null;
            signal.raise();
        }
    }

    private void goOnHere() {
        if (stopped != null && process.state() == RunState.PAUSED) {
            process.setRunning(true);
        }
        phase = cancelled ? MigrationPhase.CANCELLED : MigrationPhase.FAILED;
    }

    private void precopy(DataOutputStream out) throws IOException {
        MemoryStream.head(out, process.withMemory((memory, processor) -> {
            memory.markAllDirty();
            return memory.pageCount();
        }));
        while (true) {
            sendDirty(out);
            readBitmap();
            while (fits()) {
                if (permitted) {
                    return;
                }
                held = true;
                signal.raise();
                requireNotCancelled();
                MemoryStream.idle(out);
                signal.await(POLL, () -> permitted || cancelled);
                readBitmap();
            }
            held = false;
        }
    }

    private void sendDirty(DataOutputStream out) throws IOException {
        List<Integer> round = process.withMemory((memory, processor) -> memory.takeDirty());
        for (int index : round) {
            requireNotCancelled();
            MemoryStream.page(out, index, process.withMemory((memory, processor) -> memory.read(index)));
            synchronized (this) {
                sentBytes += SimulatedMemory.PAGE_BYTES;
            }
            LockSupport.parkNanos(SimulatedMemory.PAGE_BYTES * TimeUnit.SECONDS.toNanos(1) / bandwidth / 2);
        }
        out.flush();
    }

    private synchronized void readBitmap() {
        if (!held) {
            syncCount++;
        }
        long left = process.withMemory((memory, processor) -> (long) memory.dirtyCount()) * SimulatedMemory.PAGE_BYTES;
        long elapsedMillis = Math.max(1, elapsedMillis());
        RoundTracker.Sample sample = new RoundTracker.Sample(
                held ? syncCount + 1 : syncCount,
                sentBytes,
                left,
                left * 1000 / elapsedMillis,
                sentBytes * 1000 / elapsedMillis,
                elapsedMillis);
        if (held) {
            syncCount++;
            tracker.sampleHeld(sample);
        } else {
            tracker.sample(sample);
        }
    }

    private synchronized boolean fits() {
        return snapshot().fits(downtimeMillisMax);
    }

    private void requireNotCancelled() throws IOException {
        if (cancelled) {
            throw new IOException("cancelled");
        }
    }

    private void switchOver(DataOutputStream out, SocketChannel to) throws IOException {
        long epochNanos = System.currentTimeMillis() * 1_000_000;
        stopped = new StopInstant(System.nanoTime(), epochNanos);
        process.setRunning(false);
        phase = MigrationPhase.PRE_SWITCHOVER;
        signal.raise();
        while (!signal.await(POLL, () -> continued || cancelled)) {
            MemoryStream.idle(out);
        }
        requireNotCancelled();
        phase = MigrationPhase.DEVICE;
        sendDirty(out);
        process.withMemory((memory, processor) -> {
            try {
                MemoryStream.end(out, processor, memory.writes());
                return true;
            } catch (IOException e) {
                error = e.toString();
                return false;
            }
        });
        ByteBuffer answer = ByteBuffer.allocate(1);
        if (to.read(answer) != 1 || answer.get(0) != MemoryStream.ACKNOWLEDGED) {
            throw new IOException("the target did not acknowledge the memory");
        }
    }

    private long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanoTime);
    }

    @Override
    public synchronized MigrationProgress progress() {
        return snapshot();
    }

    private MigrationProgress snapshot() {
        StopInstant stop = stopped;
        return new MigrationProgress(
                phase,
                tracker.rounds(),
                sentBytes,
                tracker.last().remainingBytes(),
                tracker.remainingAfterSyncBytes(),
                held && phase == MigrationPhase.PRECOPY
                        || phase == MigrationPhase.PRE_SWITCHOVER
                        || phase == MigrationPhase.DEVICE,
                tracker.bandwidthBytesPerSecond(),
                phase == MigrationPhase.NONE ? 0 : elapsedMillis(),
                phase == MigrationPhase.COMPLETED && stop != null
                        ? Math.max(1, completedNanoTime - stop.nanoTime()) / 1e6
                        : 0,
                error,
                MigrationConduct.NONE);
    }

    @Override
    public void requestSwitchover(long downtimeMillis) {
        downtimeMillisMax = downtimeMillis;
        permitted = true;
        signal.raise();
    }

    @Override
    public StopInstant awaitPreSwitchover(Duration timeout) {
        signal.await(timeout, () -> phase.ended() || phase == MigrationPhase.PRE_SWITCHOVER);
        StopInstant stop = stopped;
        if (phase == MigrationPhase.PRE_SWITCHOVER && stop != null) {
            return stop;
        }
        if (phase.ended()) {
            throw failed("The live migration ended before the switch-over");
        }
        throw new FaultException(
                FaultCode.MIGRATION_NOT_CONVERGING,
                process.launch().vmId(),
                "The guest dirties its memory faster than it can be copied within the pause allowed; allow a longer"
                        + " pause or migrate when it is less busy.");
    }

    @Override
    public void continueSwitchover() {
        if (phase != MigrationPhase.PRE_SWITCHOVER) {
            throw failed("The live migration does not wait for the switch-over any more");
        }
        // Set here so that no cancel comes between this call and the thread that acts on it.
        phase = MigrationPhase.DEVICE;
        continued = true;
        signal.raise();
    }

    @Override
    public MigrationProgress awaitCompleted(Duration timeout) {
        if (!signal.await(timeout, () -> phase.ended())) {
            throw new FaultException(
                    FaultCode.OPERATION_TIMED_OUT,
                    process.launch().vmId(),
                    "The target has not acknowledged the memory in time; ask for the state of the migration.");
        }
        if (phase != MigrationPhase.COMPLETED) {
            throw failed("The live migration failed in the switch-over");
        }
        return progress();
    }

    @Override
    public MigrationPhase cancel() {
        if (!phase.ended()) {
            cancelled = true;
            signal.raise();
            closeChannel();
            signal.await(Duration.ofSeconds(10), () -> phase.ended());
        }
        return phase;
    }

    /** The process is gone. */
    void ended() {
        closeChannel();
    }

    private void closeChannel() {
        SocketChannel open = channel;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            error = e.toString();
        }
    }

    private FaultException failed(String what) {
        return Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        what + " (" + phase + "); the virtual machine stays on its host, try again.")
                .about(process.launch().vmId())
                .withContext(error)
                .exception();
    }
}
