package dev.sternpost.ha.detection;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Decides from streams and heartbeats whether a host is connected. A pure machine: {@link #step} takes the state, one input
 * with its time, and returns the next state and what to tell.
 */
public final class HostWatch {

    private final Duration silenceMax;

    /**
     * @param heartbeatInterval how often the agent promises to speak
     * @param missedMax how many promises it may break
     */
    public HostWatch(Duration heartbeatInterval, int missedMax) {
        if (heartbeatInterval.isNegative() || heartbeatInterval.isZero() || missedMax < 1) {
            throw new IllegalArgumentException("the interval is positive and at least one heartbeat may be missed");
        }
        this.silenceMax = heartbeatInterval.multipliedBy(missedMax);
    }

    /** Where a host stands. */
    public sealed interface State {
        /** It has not connected since the server started, or an administrator disconnected it. */
        record Disconnected() implements State {}

        /** Its stream is up. */
        record Connected(Instant lastHeard) implements State {}

        /** Its stream is gone, but not for long enough to say so. */
        record Lost(Instant lastHeard) implements State {}

        /** It was there and has been silent for too long. */
        record NotResponding(Instant lastHeard) implements State {}
    }

    /** What happened. */
    public sealed interface Input {
        Instant at();

        /** The agent said Hello, or anything later on its stream. */
        record Heard(Instant at) implements Input {}

        /** The stream ended. */
        record StreamEnded(Instant at) implements Input {}

        /** Time went by. */
        record Tick(Instant at) implements Input {}

        /** An administrator took the host out of use. */
        record Disconnect(Instant at) implements Input {}
    }

    /** What to tell, once per transition. */
    public enum Effect {
        HOST_CONNECTED,
        HOST_NOT_RESPONDING,
        HOST_DISCONNECTED
    }

    /** The next state and what to tell. */
    public record Step(State state, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    public Step step(State state, Input input) {
        return switch (state) {
            case State.Disconnected disconnected -> disconnected(disconnected, input);
            case State.Connected connected -> connected(connected, input);
            case State.Lost lost -> lost(lost, input);
            case State.NotResponding silent -> notResponding(silent, input);
        };
    }

    private Step disconnected(State.Disconnected state, Input input) {
        return switch (input) {
            case Input.Heard heard -> new Step(new State.Connected(heard.at()), List.of(Effect.HOST_CONNECTED));
            case Input.StreamEnded ignored -> stay(state);
            case Input.Tick ignored -> stay(state);
            case Input.Disconnect ignored -> stay(state);
        };
    }

    private Step connected(State.Connected state, Input input) {
        return switch (input) {
            case Input.Heard heard -> stay(new State.Connected(later(state.lastHeard(), heard.at())));
            case Input.StreamEnded ignored -> stay(new State.Lost(state.lastHeard()));
            case Input.Tick tick -> silentFor(state, state.lastHeard(), tick.at());
            case Input.Disconnect ignored -> disconnect();
        };
    }

    private Step lost(State.Lost state, Input input) {
        return switch (input) {
            // Back within the allowance: nobody needs to hear of it.
            case Input.Heard heard -> stay(new State.Connected(later(state.lastHeard(), heard.at())));
            case Input.StreamEnded ignored -> stay(state);
            case Input.Tick tick -> silentFor(state, state.lastHeard(), tick.at());
            case Input.Disconnect ignored -> disconnect();
        };
    }

    private Step notResponding(State.NotResponding state, Input input) {
        return switch (input) {
            case Input.Heard heard -> new Step(new State.Connected(heard.at()), List.of(Effect.HOST_CONNECTED));
            case Input.StreamEnded ignored -> stay(state);
            case Input.Tick ignored -> stay(state);
            case Input.Disconnect ignored -> disconnect();
        };
    }

    private Step silentFor(State state, Instant lastHeard, Instant now) {
        return Duration.between(lastHeard, now).compareTo(silenceMax) > 0
                ? new Step(new State.NotResponding(lastHeard), List.of(Effect.HOST_NOT_RESPONDING))
                : stay(state);
    }

    private static Step disconnect() {
        return new Step(new State.Disconnected(), List.of(Effect.HOST_DISCONNECTED));
    }

    private static Step stay(State state) {
        return new Step(state, List.of());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
