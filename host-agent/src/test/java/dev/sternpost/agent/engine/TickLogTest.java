package dev.sternpost.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TickLogTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final TickLog log = new TickLog();

    private void line(String text) {
        log.line(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void a_tick_is_stamped_when_it_arrives() {
        long before = System.nanoTime();
        line("t 7 1000 2000");
        long after = System.nanoTime();

        assertThat(log.last()).hasValueSatisfying(tick -> {
            assertThat(tick.sequence()).isEqualTo(7);
            assertThat(tick.guestMonotonicNanos()).isEqualTo(1000);
            assertThat(tick.guestRealtimeNanos()).isEqualTo(2000);
            assertThat(tick.arrivalNanoTime()).isBetween(before, after);
            assertThat(tick.arrivalEpochNanos()).isGreaterThan(1_700_000_000L * 1_000_000_000L);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t",
                "t 1 2",
                "t 1 2 3 4",
                "x 1 2 3",
                "t a 2 3",
                "t 1 2 99999999999999999999",
                "t  1 2 3",
                "T 1 2 3"
            })
    void what_is_no_tick_is_ignored(String text) {
        line(text);
        line("t 1 2 3" + " ".repeat(300));

        assertThat(log.recent()).isEmpty();
    }

    @Test
    void only_the_newest_are_kept() {
        for (int i = 0; i < TickProbe.RECENT_TICKS_MAX + 10; i++) {
            line("t " + i + " 0 0");
        }

        assertThat(log.recent()).hasSize(TickProbe.RECENT_TICKS_MAX);
        assertThat(log.recent().getFirst().sequence()).isEqualTo(10);
        log.clear();
        assertThat(log.recent()).isEmpty();
        assertThat(log.last()).isEmpty();
    }

    @Test
    void the_first_of_those_awaited_is_given_also_when_more_have_come() {
        line("t 1 0 0");
        line("t 2 0 0");
        line("t 3 0 0");

        assertThat(log.await(1, MOMENT).map(Tick::sequence)).contains(2L);
        assertThat(log.await(-1, MOMENT).map(Tick::sequence)).contains(1L);
        assertThat(log.await(3, MOMENT)).isEmpty();
    }

    @Test
    void who_waits_is_woken_by_the_tick_and_not_by_an_older_one() {
        CompletableFuture<Optional<Tick>> waiting = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> waiting.complete(log.await(5, BOUND)));
        Await.until("it waits", BOUND, () -> thread.getState() == Thread.State.TIMED_WAITING);

        line("t 5 0 0");
        line("t 6 0 0");

        assertThat(waiting.join().map(Tick::sequence)).contains(6L);
    }
}
