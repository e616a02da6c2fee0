package dev.sternpost.agent.availability;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.ha.monitoring.GuestEffect;
import dev.sternpost.ha.monitoring.GuestInput;
import dev.sternpost.ha.monitoring.GuestMonitoring;
import dev.sternpost.ha.monitoring.GuestWatch;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the guests of this host that are to be watched: asks each one's agent, counters and process again and again, and does what the machine
 * of {@code ha.monitoring} makes of it. One that hangs never holds up the others.
 */
final class GuestWatches {

    private static final Logger log = LoggerFactory.getLogger(GuestWatches.class);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private final KeptVms kept;
    private final Supplier<Plan> plan;
    private final LongSupplier clock;
    private final MembershipKit.Journal journal;
    private final ResetTally tally;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    GuestWatches(
            KeptVms kept, Supplier<Plan> plan, LongSupplier clock, MembershipKit.Journal journal, ResetTally tally) {
        this.kept = kept;
        this.plan = plan;
        this.clock = clock;
        this.journal = journal;
        this.tally = tally;
    }

    /** A look at all of them; returns at once. To be called every second or so. */
    void look() {
        Map<String, Long> running = kept.running();
        watched.keySet().retainAll(running.keySet());
        Plan now = plan.get();
        for (String vmId : running.keySet()) {
            GuestMonitoring settings = now.monitoring().get(new VirtualMachineId(vmId));
            if (settings == null || now.mode() != Plan.Mode.ARMED) {
                watched.remove(vmId);
                continue;
            }
            kept.handle(vmId).ifPresent(handle -> {
                watched.compute(vmId, (id, known) -> watched(handle, settings, known))
                        .look();
            });
        }
    }

    private Watched watched(RunningVm handle, GuestMonitoring settings, @Nullable Watched known) {
        if (known == null || !known.handle.equals(handle)) {
            return new Watched(handle, settings, GuestWatch.State.start(clock.getAsLong(), tally.of(handle.vmId())));
        }
        return known.settings.equals(settings) ? known : new Watched(handle, settings, known.state());
    }

    /** One guest in one process. Its machine is stepped by one thread at a time. */
    private final class Watched {
        private final RunningVm handle;
        private final GuestMonitoring settings;
        private final GuestWatch machine;
        private GuestWatch.State state;
        private boolean asking;

        Watched(RunningVm handle, GuestMonitoring settings, GuestWatch.State state) {
            this.handle = handle;
            this.settings = settings;
            this.machine = new GuestWatch(settings);
            this.state = state;
        }

        synchronized GuestWatch.State state() {
            return state;
        }

        void look() {
            synchronized (this) {
                // A question that is not answered is not asked again beside itself: silence is what is counted.
                if (!asking) {
                    asking = true;
                    Thread.ofVirtual().name("watch-" + handle.vmId()).start(this::ask);
                }
            }
            step(new GuestInput.Tick(clock.getAsLong()));
        }

        private void ask() {
            try {
                RunState run = handle.state();
                step(new GuestInput.EngineAnswered(clock.getAsLong()));
                boolean still =
                        run != RunState.RUNNING && run != RunState.GUEST_PANICKED || kept.isMigrating(handle.vmId());
                stands(still);
                if (run == RunState.GUEST_PANICKED) {
                    step(new GuestInput.Panicked(clock.getAsLong()));
                }
                handle.meters().ifPresent(meters -> step(new GuestInput.Activity(sum(meters), clock.getAsLong())));
                if (!still && handle.guestAgent().ping(ANSWER_MAX)) {
                    step(new GuestInput.Heartbeat(clock.getAsLong()));
                }
            } catch (FaultException e) {
                log.debug("{}: {}", handle.vmId(), e.getMessage());
            } finally {
                synchronized (this) {
                    asking = false;
                }
            }
        }

        private synchronized void stands(boolean still) {
            if (still != state.still()) {
                step(new GuestInput.StandsStill(still, clock.getAsLong()));
            }
        }

        private synchronized void step(GuestInput input) {
            GuestWatch.Step step = machine.step(state, input);
            if (!step.state().resets().equals(state.resets())) {
                tally.put(handle.vmId(), step.state().resets());
            }
            state = step.state();
            step.effect()
                    .ifPresent(effect ->
                            Thread.ofVirtual().name("mend-" + handle.vmId()).start(() -> mend(effect)));
        }

        /** Counted where the guest is watched by now: its settings may have changed meanwhile. */
        private void wasReset() {
            Watched now = watched.get(handle.vmId());
            Watched counts = now != null && now.handle.equals(handle) ? now : this;
            counts.step(new GuestInput.WasReset(clock.getAsLong()));
        }

        private void mend(GuestEffect effect) {
            String vmId = handle.vmId();
            log.warn("{}: {}: {}", vmId, effect.getClass().getSimpleName(), effect.reason());
            try {
                switch (effect) {
                    case GuestEffect.Reset reset -> {
                        kept.reset(vmId);
                        wasReset();
                        journal.happened(vmId, 0, "haGuestReset", vmId + " was reset: " + reset.reason());
                    }
                    case GuestEffect.Kill kill -> {
                        // Its end is found as one that nobody wanted, and it is started again.
                        ProcessHandle.of(handle.process().pid()).ifPresent(ProcessHandle::destroyForcibly);
                        journal.happened(
                                vmId, 0, "haGuestReset", vmId + " is killed and started again: " + kill.reason());
                    }
                    case GuestEffect.GaveUp gaveUp ->
                        journal.happened(
                                vmId,
                                0,
                                "haGuestGivenUp",
                                vmId + " is not reset any more: " + gaveUp.reason()
                                        + ". Look at its console; it is watched again when its guest agent answers.");
                }
            } catch (FaultException e) {
                log.warn("{} could not be reset: {}", vmId, e.getMessage());
            }
        }
    }

    /** Changes with whatever the guest does on disk or network; what others send it does not count. */
    private static long sum(VmMeters meters) {
        return meters.disks().reads()
                + meters.disks().writes()
                + Math.max(0, meters.network().transmittedPackets());
    }
}
