package dev.sternpost.ha.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Watches one guest. It is never judged by the silence of an agent that was not heard since its process was made, since there may be none; a panic and a
 * process that does not answer speak for themselves.
 */
public final class GuestWatch {
    private final GuestMonitoring settings;

    public GuestWatch(GuestMonitoring settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /** What is being done about it. */
    public enum Mode {
        /** Watched. */
        WATCHING,
        /** A reset was asked for. */
        RESETTING,
        /** Left alone until it is heard again. */
        GIVEN_UP,
        /** Its process was to be killed. */
        KILLED
    }

    /**
     * The machine's state.
     *
     * @param startedMillis when it was started or reset last
     * @param spoke whether its agent was heard since its process was made
     * @param signMillis last sign of life of the guest: its agent, or something done on disk or network
     * @param engineMillis when the monitor of its process answered last
     * @param operations what {@link GuestInput.Activity} said last
     * @param still whether it stands still by somebody's will
     * @param panicked whether it panicked since it was started or reset
     * @param askedMillis when a reset was asked for last
     * @param resets when it was reset on account of this machine, within the window
     */
    public record State(
            Mode mode,
            long startedMillis,
            boolean spoke,
            long signMillis,
            long engineMillis,
            long operations,
            boolean still,
            boolean panicked,
            long askedMillis,
            List<Long> resets) {
        public State {
            resets = List.copyOf(resets);
        }

        /** The guest's process was made, or is seen for the first time. */
        public static State start(long atMillis) {
            return new State(Mode.WATCHING, atMillis, false, atMillis, atMillis, 0, false, false, 0, List.of());
        }

        private State sign(long at, boolean byAgent) {
            boolean well = mode == Mode.GIVEN_UP && byAgent;
            return new State(
                    well ? Mode.WATCHING : mode,
                    startedMillis,
                    spoke || byAgent,
                    Math.max(signMillis, at),
                    engineMillis,
                    operations,
                    still,
                    panicked && !well,
                    askedMillis,
                    resets);
        }

        private State did(long newOperations) {
            return new State(
                    mode,
                    startedMillis,
                    spoke,
                    signMillis,
                    engineMillis,
                    newOperations,
                    still,
                    panicked,
                    askedMillis,
                    resets);
        }

        private State engine(long at) {
            return new State(
                    mode,
                    startedMillis,
                    spoke,
                    signMillis,
                    Math.max(engineMillis, at),
                    operations,
                    still,
                    panicked,
                    askedMillis,
                    resets);
        }

        private State hasPanicked() {
            return new State(
                    mode, startedMillis, spoke, signMillis, engineMillis, operations, still, true, askedMillis, resets);
        }

        /** What did not count while it stood still begins anew. */
        private State still(boolean nowStill, long at) {
            return new State(mode, startedMillis, spoke, at, at, operations, nowStill, panicked, askedMillis, resets);
        }

        private State wasReset(long at) {
            Mode next = mode == Mode.KILLED ? mode : Mode.WATCHING;
            return new State(next, at, spoke, at, engineMillis, operations, still, false, 0, resets);
        }

        private State with(Mode newMode, long newAsked, List<Long> newResets) {
            return new State(
                    newMode,
                    startedMillis,
                    spoke,
                    signMillis,
                    engineMillis,
                    operations,
                    still,
                    panicked,
                    newAsked,
                    newResets);
        }
    }

    /** The next state, and what to do. */
    public record Step(State state, Optional<GuestEffect> effect) {
        private static Step stay(State state) {
            return new Step(state, Optional.empty());
        }
    }

    /** One input. */
    public Step step(State state, GuestInput input) {
        long at = input.atMillis();
        return switch (input) {
            case GuestInput.Tick ignored -> judged(state, at);
            case GuestInput.Heartbeat ignored -> Step.stay(state.sign(at, true));
            case GuestInput.Activity activity -> Step.stay(active(state, activity));
            case GuestInput.Panicked ignored -> judged(state.hasPanicked(), at);
            case GuestInput.EngineAnswered ignored -> Step.stay(state.engine(at));
            case GuestInput.WasReset ignored -> Step.stay(state.wasReset(at));
            case GuestInput.StandsStill still -> Step.stay(state.still(still.still(), at));
        };
    }

    private static State active(State state, GuestInput.Activity activity) {
        return activity.operations() == state.operations()
                ? state
                : state.did(activity.operations()).sign(activity.atMillis(), false);
    }

    private Step judged(State state, long at) {
        return switch (state.mode()) {
            case GIVEN_UP -> hungProcess(state, at);
            // Whoever was to do it may have died: it is asked again, if it is still called for.
            case RESETTING, KILLED ->
                at >= state.askedMillis() + settings.failureMillis()
                        ? judged(state.with(Mode.WATCHING, 0, state.resets()), at)
                        : state.mode() == Mode.RESETTING ? hungProcess(state, at) : Step.stay(state);
            case WATCHING -> {
                Step killed = hungProcess(state, at);
                yield killed.effect().isPresent() ? killed : hungGuest(state, at);
            }
        };
    }

    private Step hungProcess(State state, long at) {
        if (state.still() || at < state.engineMillis() + settings.failureMillis()) {
            return Step.stay(state);
        }
        return new Step(
                state.with(Mode.KILLED, at, state.resets()),
                Optional.of(new GuestEffect.Kill(
                        "its process did not answer for " + (at - state.engineMillis()) / 1_000 + " s")));
    }

    private Step hungGuest(State state, long at) {
        if (state.still()) {
            return Step.stay(state);
        }
        boolean silent = state.spoke()
                && at >= state.signMillis() + settings.failureMillis()
                && at >= state.startedMillis() + settings.uptimeMillisMin();
        if (!silent && !state.panicked()) {
            return Step.stay(state);
        }
        String reason = state.panicked()
                ? "it panicked"
                : "nothing was heard of it for " + (at - state.signMillis()) / 1_000
                        + " s, and it did nothing on disk or network";
        List<Long> resets = new ArrayList<>(state.resets());
        resets.removeIf(made -> made <= at - settings.windowMillis());
        if (resets.size() >= settings.resetsMax()) {
            return new Step(
                    state.with(Mode.GIVEN_UP, 0, resets),
                    Optional.of(new GuestEffect.GaveUp("%s, and it was reset %d times within %d min"
                            .formatted(reason, resets.size(), settings.windowMillis() / 60_000))));
        }
        resets.add(at);
        return new Step(state.with(Mode.RESETTING, at, resets), Optional.of(new GuestEffect.Reset(reason)));
    }
}
