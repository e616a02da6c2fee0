package dev.sternpost.ha.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.detection.HostWatch.Effect;
import dev.sternpost.ha.detection.HostWatch.Input;
import dev.sternpost.ha.detection.HostWatch.State;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostWatchTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SILENCE_MAX = Duration.ofSeconds(3);
    private final HostWatch watch = new HostWatch(Duration.ofSeconds(1), 3);

    @Test
    void a_silent_host_is_told_once() {
        State state = new State.Connected(START);
        assertThat(watch.step(state, new Input.Tick(START.plus(SILENCE_MAX))).effects())
                .isEmpty();
        HostWatch.Step step =
                watch.step(state, new Input.Tick(START.plus(SILENCE_MAX).plusMillis(1)));
        assertThat(step.effects()).containsExactly(Effect.HOST_NOT_RESPONDING);
        assertThat(watch.step(step.state(), new Input.Tick(START.plusSeconds(60)))
                        .effects())
                .isEmpty();
    }

    @Test
    void a_stream_that_is_back_within_the_allowance_is_not_told() {
        HostWatch.Step ended = watch.step(new State.Connected(START), new Input.StreamEnded(START.plusMillis(10)));
        HostWatch.Step back = watch.step(ended.state(), new Input.Heard(START.plusSeconds(2)));
        assertThat(ended.effects()).isEmpty();
        assertThat(back.effects()).isEmpty();
        assertThat(back.state()).isEqualTo(new State.Connected(START.plusSeconds(2)));
    }

    @Test
    void what_is_told_alternates_and_a_host_is_silent_only_after_the_allowance() {
        Property.holds("effects are transitions", random -> {
            State state = new State.Disconnected();
            Instant now = START;
            Instant heard = START;
            List<Effect> told = new ArrayList<>();
            for (int turn = 0; turn < 5 * random.size(); turn++) {
                now = now.plusMillis(random.between(0, 2_000));
                Input input = anyInput(random, now);
                HostWatch.Step step = watch.step(state, input);
                if (step.effects().contains(Effect.HOST_NOT_RESPONDING)) {
                    assertThat(Duration.between(heard, now)).isGreaterThan(SILENCE_MAX);
                }
                if (input instanceof Input.Heard) {
                    heard = now;
                    assertThat(step.state()).isInstanceOf(State.Connected.class);
                }
                told.addAll(step.effects());
                state = step.state();
            }
            for (int i = 1; i < told.size(); i++) {
                assertThat(told.get(i)).isNotEqualTo(told.get(i - 1));
            }
        });
    }

    private static Input anyInput(Generator random, Instant at) {
        return switch (random.between(0, 3)) {
            case 0 -> new Input.Heard(at);
            case 1 -> new Input.StreamEnded(at);
            case 2 -> new Input.Disconnect(at);
            default -> new Input.Tick(at);
        };
    }
}
