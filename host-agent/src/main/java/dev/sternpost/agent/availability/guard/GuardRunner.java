package dev.sternpost.agent.availability.guard;

import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.ha.host.Guard;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.timing.HaTiming;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the guard's machine: one thread that steps it, others that write and kill, so that storage that hangs never keeps it from telling the
 * time.
 */
final class GuardRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GuardRunner.class);

    /** The dead are gone a moment after they were killed. */
    private static final int LOOKS_MAX = 30;

    private static final long LOOK_MILLIS = 20;

    private static final Duration END_WAIT_MAX = Duration.ofSeconds(2);

    /** Who hears what the guard says. */
    interface Listener {
        void lease(Effect.LeaseIs lease);

        void happened(Happening happening);
    }

    private final GuardFiles files;
    private final SlotStore store;
    private final Function<Collection<String>, List<String>> killer;
    private final Watchdog watchdog;
    private final LongSupplier clock;
    private final Listener listener;
    private final Guard guard;
    private final LinkedBlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
    private final AtomicBoolean killing = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable Thread writer;
    private volatile boolean closed;

    /**
     * @param killer kills virtual machines and returns those that still live
     * @param clock milliseconds since the machine was switched on
     */
    GuardRunner(
            GuardSetup setup,
            GuardFiles files,
            SlotStore store,
            Function<Collection<String>, List<String>> killer,
            Watchdog watchdog,
            LongSupplier clock,
            Listener listener) {
        this.files = files;
        this.store = store;
        this.killer = killer;
        this.watchdog = watchdog;
        this.clock = clock;
        this.listener = listener;
        this.guard = new Guard(setup.hostId(), setup.timing());
        this.thread = Thread.ofPlatform().name("guard").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The agent lives. */
    void agentSays(boolean isolated) {
        inputs.add(new Input.HostSays(isolated, clock.getAsLong()));
    }

    private void run() {
        try {
            Step<Guard.State> step = guard.start(files.nextIncarnation(), files.readLease(), clock.getAsLong());
            step.effects().forEach(this::start);
            Guard.State state = step.state();
            if (state.mode() == Guard.Mode.HOLDING) {
                listener.lease(files.readLease());
            }
            long tick = 0;
            while (!closed) {
                Input input = inputs.poll(HaTiming.TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (input != null) {
                    state = step(state, input);
                }
                long now = clock.getAsLong();
                if (now >= tick) {
                    tick = now + HaTiming.TICK_MILLIS;
                    state = step(state, new Input.Tick(now));
                    if (state.mode() == Guard.Mode.WAITING) {
                        watchdog.rest();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            // Without its machine the guard must not look alive: it is started again by the agent, or the watchdog
            // comes.
            log.error("the guard ends by a defect", e);
            Runtime.getRuntime().halt(1);
        }
    }

    private Guard.State step(Guard.State state, Input input) {
        Step<Guard.State> step = guard.step(state, input);
        step.effects().forEach(this::start);
        return step.state();
    }

    private void start(Effect effect) {
        switch (effect) {
            case Effect.WriteSlot write ->
                writer = Thread.ofPlatform().daemon().name("lease-writer").start(() -> write(write));
            case Effect.LeaseIs lease -> lease(lease);
            case Effect.StopAllVms stop -> stopAll(stop.epoch());
            case Effect.SetWatchdog set -> {
                if (set.atMillis() == Long.MAX_VALUE) {
                    watchdog.rest();
                } else {
                    watchdog.keep(set.atMillis() - clock.getAsLong());
                }
            }
            case Effect.Tell tell -> {
                log.info("{}: {}", tell.happening().kind(), tell.happening().words());
                listener.happened(tell.happening());
            }
            case Effect.ReadSlot _,
                    Effect.Send _,
                    Effect.PingIsolationAddresses _,
                    Effect.SwapLock _,
                    Effect.ReadLock _,
                    Effect.CreateVm _,
                    Effect.ContinueVm _,
                    Effect.StopVm _,
                    Effect.TellGuard _ -> throw new IllegalStateException("a guard does not do that: " + effect);
        }
    }

    private void write(Effect.WriteSlot write) {
        long begun = clock.getAsLong();
        boolean ok = true;
        try {
            store.write(write.slot(), write.content());
        } catch (IOException e) {
            log.warn("the lease could not be written: {}", e.toString());
            ok = false;
        }
        inputs.add(new Input.SlotWritten(write.slot(), write.ticket(), begun, ok, clock.getAsLong()));
    }

    private void lease(Effect.LeaseIs lease) {
        try {
            files.writeLease(lease);
        } catch (IOException e) {
            // The next guard will know less, and stop what it need not have stopped.
            log.warn("the lease could not be noted: {}", e.toString());
        }
        listener.lease(lease);
    }

    private void stopAll(long epoch) {
        if (!killing.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform().daemon().name("killer").start(() -> {
            try {
                List<String> alive = killer.apply(files.marked());
                for (int look = 0; look < LOOKS_MAX && !alive.isEmpty(); look++) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                    alive = killer.apply(files.marked());
                }
                if (alive.isEmpty()) {
                    inputs.add(new Input.AllStopped(epoch, clock.getAsLong()));
                } else {
                    log.warn("killed {}, which are not gone yet", alive);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // Tried again in a second by the machine.
                log.error("virtual machines could not be stopped", e);
            } finally {
                killing.set(false);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(END_WAIT_MAX);
            Thread last = writer;
            if (last != null && !last.join(END_WAIT_MAX)) {
                log.warn("a renewal of the lease hangs, and may still come");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchdog.close();
    }
}
