package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.TickLog;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.VmMeters;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process is to a real engine: it holds the guest and goes on when its agent does not. A guest that shuts down
 * while nobody listens waits in that state until somebody does.
 */
final class SimulatedProcess {

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedProcess.class);
    private static final long STEP_MILLIS = 5;
    private static final int EVENTS_WAITING_MAX = 10_000;
    private static final long MEBIBYTE = 1 << 20;
    private static final long CLEAN_UP_SECONDS_MAX = 10;

    private final SimulatedHardware hardware;
    private volatile VmLaunch launch;
    private final ProcessIdentity identity;
    private final long startedEpochMillis = System.currentTimeMillis();
    private final ReentrantLock lock = new ReentrantLock();
    private final SimulatedProcessor processor = new SimulatedProcessor();
    private final TickLog ticks = new TickLog();
    private final BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>(EVENTS_WAITING_MAX);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final SimulatedSource source;
    private final SimulatedTarget target;
    private final SimulatedUsage usage;

    private SimulatedMemory memory;
    private RunState state;
    private boolean ending;
    private boolean shutDown;
    private boolean answers = true;
    private boolean hasTicker = true;
    private int dirtyPagesPerSecond = 20;
    private double dirtyDebt;
    private int nextDirty;
    private long lastTickNanoTime;
    private volatile @Nullable EngineListener listener;
    private volatile Consumer<SimulatedProcess> whenEnded = process -> {};

    SimulatedProcess(SimulatedHardware hardware, VmLaunch launch, String bootId) {
        this.hardware = hardware;
        this.launch = launch;
        this.identity = new ProcessIdentity(hardware.nextPid(), System.nanoTime(), bootId);
        this.memory = new SimulatedMemory((int) (launch.shape().memoryBytes() / MEBIBYTE));
        this.state = launch.mode() instanceof LaunchMode.Incoming ? RunState.INCOMING : RunState.PAUSED;
        this.source = new SimulatedSource(this);
        this.target = new SimulatedTarget(this);
        this.usage = new SimulatedUsage(launch.shape(), startedEpochMillis);
        Thread.ofVirtual().name("simulated-" + launch.vmId()).start(this::run);
        Thread.ofVirtual().name("simulated-events-" + launch.vmId()).start(this::tellAll);
    }

    // ---- the guest at work ----

    private void run() {
        try {
            while (!ended.await(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                locked(this::step);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() {
        if (state != RunState.RUNNING || ending) {
            return;
        }
        processor.instructions++;
        dirtyDebt += dirtyPagesPerSecond * STEP_MILLIS / 1000.0;
        for (; dirtyDebt >= 1; dirtyDebt--) {
            memory.write(nextDirty);
            nextDirty = (nextDirty + 1) % memory.pageCount();
        }
        long now = System.nanoTime();
        if (processor.tickIntervalMillis > 0
                && now - lastTickNanoTime >= TimeUnit.MILLISECONDS.toNanos(processor.tickIntervalMillis)) {
            lastTickNanoTime = now;
            Instant wall = Instant.now();
            long epochNanos = wall.getEpochSecond() * 1_000_000_000L + wall.getNano();
            ticks.add(new Tick(++processor.tickSequence, processor.instructions, epochNanos, now, epochNanos));
        }
    }

    // ---- what the guest does by itself ----

    void guestShutsDown() {
        boolean told = locked(() -> {
            if (ending) {
                return false;
            }
            state = RunState.PAUSED;
            shutDown = true;
            return listener != null;
        });
        if (told) {
            finishShutdown();
        }
    }

    private void finishShutdown() {
        end(new EngineEvent.GuestShutdown(launch.vmId(), "The guest shut down."));
    }

    void guestRestarts() {
        tell(new EngineEvent.GuestReset(launch.vmId(), "The guest restarted."));
    }

    void guestPanics() {
        become(RunState.GUEST_PANICKED);
        tell(new EngineEvent.GuestPanicked(launch.vmId(), "The guest's kernel panicked; it is kept for a look."));
    }

    void diskFails() {
        become(RunState.IO_ERROR);
        tell(new EngineEvent.IoError(launch.vmId(), "A write on disk0 failed: simulated."));
    }

    void dirtyPagesPerSecond(int rate) {
        locked(() -> dirtyPagesPerSecond = rate);
    }

    void answers(boolean value) {
        locked(() -> answers = value);
    }

    void hasTicker(boolean value) {
        locked(() -> hasTicker = value);
    }

    boolean answering() {
        return locked(() -> answers && state == RunState.RUNNING && !ending);
    }

    long instructions() {
        return locked(() -> processor.instructions);
    }

    /** Empty before the guest arrives, and after its end. */
    Optional<VmMeters> meters() {
        return switch (state()) {
            case INCOMING, LOADED, ENDED -> Optional.empty();
            case RUNNING, PAUSED, MIGRATED_AWAY, IO_ERROR, GUEST_PANICKED ->
                Optional.of(usage.read(System.currentTimeMillis(), System.nanoTime(), state() == RunState.RUNNING));
        };
    }

    void allocate(VmAllocation allocation) {
        meters(); // What was used until now was used under what held until now.
        usage.limit(allocation.cpuLimitPermille());
    }

    boolean intact() {
        return locked(() -> memory.intact());
    }

    // ---- what is done to it ----

    RunState state() {
        return locked(() -> state);
    }

    void setRunning(boolean running) {
        boolean changed = locked(() -> {
            RunState before = state;
            if (!ending) {
                state = running ? RunState.RUNNING : RunState.PAUSED;
            }
            return before != state;
        });
        if (changed) {
            tell(
                    running
                            ? new EngineEvent.Resumed(launch.vmId(), "The virtual CPUs run.")
                            : new EngineEvent.Stopped(launch.vmId(), "The virtual CPUs stopped."));
        }
    }

    void become(RunState next) {
        locked(() -> {
            if (!ending) {
                state = next;
            }
        });
    }

    void tickEvery(int intervalMillis) {
        locked(() -> {
            if (hasTicker && state == RunState.RUNNING && !ending) {
                processor.tickIntervalMillis = intervalMillis;
            }
        });
    }

    /** The power is cut: no word is said. */
    void powerOff() {
        end(null);
    }

    void die(String reason) {
        end(new EngineEvent.EngineDied(launch.vmId(), "The simulated process ended: " + reason + "."));
    }

    /** Seen as ended only when nothing is left of it: who sees that may start it again, or delete its files. */
    private void end(@Nullable EngineEvent lastWord) {
        boolean first = locked(() -> {
            boolean before = ending;
            ending = true;
            return !before;
        });
        if (!first) {
            awaitEnd();
            return;
        }
        source.ended();
        target.ended();
        hardware.unlockDisks(this);
        if (listener != null || lastWord == null) {
            whenEnded.accept(this);
        }
        locked(() -> state = RunState.ENDED);
        if (lastWord != null) {
            tell(lastWord);
        }
        ended.countDown();
    }

    private void awaitEnd() {
        try {
            if (!ended.await(CLEAN_UP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.error("{} does not come to its end", launch.vmId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- memory, for those who move it ----

    <T> T withMemory(BiFunction<SimulatedMemory, SimulatedProcessor, T> work) {
        return locked(() -> work.apply(memory, processor));
    }

    void replaceMemory(SimulatedMemory arrived, SimulatedProcessor with) {
        locked(() -> {
            memory = arrived;
            processor.instructions = with.instructions;
            processor.tickSequence = with.tickSequence;
            processor.tickIntervalMillis = with.tickIntervalMillis;
        });
    }

    // ---- who listens ----

    /** Somebody listens from now on, and cleans up when the process ends. */
    void listen(EngineListener to, Consumer<SimulatedProcess> cleanUp) {
        whenEnded = cleanUp;
        listener = to;
        if (locked(() -> shutDown && !ending)) {
            finishShutdown();
        }
    }

    void stopListening() {
        listener = null;
    }

    private void tell(EngineEvent event) {
        if (listener != null && !events.offer(event)) {
            LOG.error("{} has more than {} events waiting", launch.vmId(), EVENTS_WAITING_MAX);
        }
    }

    private void tellAll() {
        try {
            while (ended.getCount() > 0 || !events.isEmpty()) {
                EngineEvent event = events.poll(50, TimeUnit.MILLISECONDS);
                EngineListener to = listener;
                if (event != null && to != null) {
                    tellOne(to, event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tellOne(EngineListener to, EngineEvent event) {
        try {
            to.happened(event);
        } catch (RuntimeException e) {
            LOG.error("nobody could deal with {}", event, e);
        }
    }

    // ---- facts ----

    VmLaunch launch() {
        return launch;
    }

    void movedTo(VmLaunch elsewhere) {
        launch = elsewhere;
    }

    ProcessIdentity identity() {
        return identity;
    }

    long startedEpochMillis() {
        return startedEpochMillis;
    }

    TickLog ticks() {
        return ticks;
    }

    SimulatedSource source() {
        return source;
    }

    SimulatedTarget target() {
        return target;
    }

    SimulatedHardware hardware() {
        return hardware;
    }

    SimulatedGuest guest() {
        return new SimulatedGuest(this);
    }

    List<Path> disks() {
        return launch.shape().disks().stream()
                .map(disk -> launch.directory().resolve(disk.fileName()))
                .toList();
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
