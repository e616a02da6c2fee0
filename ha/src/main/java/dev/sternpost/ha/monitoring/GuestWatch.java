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
     * @param resets when it was reset, or its process killed, on account of this machine; those outside the window do not count
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
            return start(atMillis, List.of());
        }

        /** As {@link #start(long)}, of a guest that was mended before: a new process is no reason to begin to count anew. */
        public static State start(long atMillis, List<Long> resets) {
            return new State(Mode.WATCHING, atMillis, false, atMillis, atMillis, 0, false, false, 0, resets);
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
            List<Long> counted = mode == Mode.RESETTING ? plus(resets, at) : resets;
            return new State(next, at, spoke, at, engineMillis, operations, still, false, 0, counted);
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
            case GIVEN_UP ->
                isHung(state, at) && within(state, at).size() < settings.resetsMax()
                        ? kill(state, at)
                        : Step.stay(state);
            // Whoever was to do it may have died: it is asked again, if it is still called for.
            case RESETTING ->
                at >= state.askedMillis() + settings.failureMillis()
                        ? judged(state.with(Mode.WATCHING, 0, state.resets()), at)
                        : isHung(state, at) ? kill(state, at) : Step.stay(state);
            case KILLED -> {
                if (at < state.askedMillis() + settings.failureMillis()) {
                    yield Step.stay(state);
                }
                yield isHung(state, at)
                        ? killing(state, at, state.resets())
                        : judged(state.with(Mode.WATCHING, 0, state.resets()), at);
            }
            case WATCHING -> isHung(state, at) ? kill(state, at) : hungGuest(state, at);
        };
    }

    private boolean isHung(State state, long at) {
        return !state.still() && at >= state.engineMillis() + settings.failureMillis();
    }

    private static String words(State state, long at) {
        return "its process did not answer for " + (at - state.engineMillis()) / 1_000 + " s";
    }

    private Step kill(State state, long at) {
        List<Long> before = within(state, at);
        return before.size() >= settings.resetsMax()
                ? giveUp(state, words(state, at), before)
                : killing(state, at, plus(before, at));
    }

    private static Step killing(State state, long at, List<Long> counted) {
        return new Step(state.with(Mode.KILLED, at, counted), Optional.of(new GuestEffect.Kill(words(state, at))));
    }

    private Step giveUp(State state, String reason, List<Long> before) {
        return new Step(
                state.with(Mode.GIVEN_UP, 0, before),
                Optional.of(new GuestEffect.GaveUp("%s, and it was reset or killed %d times within %d min"
                        .formatted(reason, before.size(), settings.windowMillis() / 60_000))));
    }

    private List<Long> within(State state, long at) {
        return state.resets().stream()
                .filter(made -> made > at - settings.windowMillis())
                .toList();
    }

    private static List<Long> plus(List<Long> before, long at) {
        List<Long> after = new ArrayList<>(before);
        after.add(at);
        return after;
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
        List<Long> before = within(state, at);
        return before.size() >= settings.resetsMax()
                ? giveUp(state, reason, before)
                : new Step(state.with(Mode.RESETTING, at, before), Optional.of(new GuestEffect.Reset(reason)));
    }
}
