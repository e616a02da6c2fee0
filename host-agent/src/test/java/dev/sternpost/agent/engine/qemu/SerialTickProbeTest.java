package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.qmp.ScriptedSocket;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SerialTickProbeTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final AtomicBoolean listens = new AtomicBoolean(true);
    private final ScriptedSocket guest = new ScriptedSocket("", line -> "");
    private SerialTickProbe probe;

    @BeforeEach
    void connect() throws IOException {
        probe = new SerialTickProbe("vm-1", guest.path(), listens::get);
    }

    @AfterEach
    void close() {
        probe.close();
        guest.close();
    }

    @Test
    void the_guest_is_asked_to_begin_and_to_stop() {
        probe.start(5);
        probe.stop();

        Await.until("both are heard", BOUND, () -> guest.heard().size() == 2);
        assertThat(guest.heard()).containsExactly("start 5", "stop");
    }

    @Test
    void ticks_arrive_between_whatever_else_the_guest_says() {
        probe.start(5);
        guest.say("t 1 10 20\nnonsense\nt 2 30 40\r\nt 3 5");

        assertThat(probe.awaitTick(1, BOUND).map(Tick::sequence)).contains(2L);
        assertThat(probe.recent()).hasSize(2);
        guest.say("0 60\n");
        assertThat(probe.awaitTick(2, BOUND).map(Tick::guestMonotonicNanos)).contains(50L);
        probe.start(5);
        assertThat(probe.last()).as("a new start forgets what was").isEmpty();
    }

    @Test
    void nothing_is_said_while_nobody_in_the_guest_listens() {
        listens.set(false);
        probe.start(5);
        probe.stop();
        listens.set(true);
        probe.stop();

        Await.until("one is heard", BOUND, () -> !guest.heard().isEmpty());
        assertThat(guest.heard()).containsExactly("stop");
    }

    @Test
    void an_interval_out_of_range_is_refused() {
        assertThatThrownBy(() -> probe.start(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> probe.start(10_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
