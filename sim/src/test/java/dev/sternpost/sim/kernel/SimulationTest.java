package dev.sternpost.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void events_come_in_order_of_time_and_then_in_the_order_they_were_planned() {
        Simulation simulation = new Simulation(1);
        simulation.after(Duration.ofSeconds(2), "second", () -> simulation.say("second"));
        simulation.after(Duration.ofSeconds(2), "third", () -> simulation.say("third"));
        simulation.after(Duration.ofSeconds(1), "first", () -> simulation.say("first"));
        simulation.every(Duration.ofMinutes(70), "tick", () -> simulation.say("tick"));
        simulation.run(Duration.ofMinutes(141));
        assertThat(simulation.trace().text()).isEqualTo("""
                        0:00:01  first
                        0:00:02  second
                        0:00:02  third
                        1:10:00  tick
                        2:20:00  tick
                        """);
    }

    @Test
    void the_same_seed_gives_the_same_trace_and_another_seed_another() {
        assertThat(drawn(7)).isEqualTo(drawn(7)).isNotEqualTo(drawn(8));
    }

    private static String drawn(long seed) {
        Simulation simulation = new Simulation(seed);
        simulation.every(
                Duration.ofSeconds(1),
                "draw",
                () -> simulation.say(String.valueOf(simulation.random().between(0L, 1L << 60))));
        simulation.run(Duration.ofSeconds(10));
        return simulation.trace().hash();
    }

    @Test
    void a_broken_invariant_ends_the_run_and_names_the_event_and_the_seed() {
        Simulation simulation = new Simulation(42);
        int[] count = {0};
        simulation.holds(new Invariant(
                "less than three", () -> count[0] < 3 ? Optional.empty() : Optional.of("it is " + count[0])));
        simulation.every(Duration.ofSeconds(1), "one more", () -> count[0]++);
        assertThatThrownBy(() -> simulation.run(Duration.ofMinutes(1)))
                .isInstanceOf(InvariantBrokenException.class)
                .hasMessage("less than three does not hold after \"one more\" at 3000 ms, seed 42: it is 3");
    }
}
