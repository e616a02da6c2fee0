package dev.sternpost.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Workers workers = new Workers();

    @Test
    void closing_interrupts_own_threads_and_waits_until_they_have_tidied_up() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean tidied = new AtomicBoolean();
        Thread closing = Thread.currentThread();
        workers.start("sleeper", () -> {
            begun.countDown();
            try {
                TimeUnit.MINUTES.sleep(10);
            } catch (InterruptedException e) {
                // Tidying up takes a while.
                Await.until("it is waited for", BOUND, () -> closing.getState() == Thread.State.TIMED_WAITING);
                tidied.set(true);
            }
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        workers.close();

        assertThat(tidied).isTrue();
        assertThat(workers.count()).isZero();
    }

    @Test
    void closing_waits_for_a_visitor_and_does_not_interrupt_it() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread visitor = Thread.ofPlatform()
                .daemon()
                .start(() -> workers.visit(() -> {
                    inside.countDown();
                    try {
                        interrupted.complete(!leave.await(10, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                    }
                    return true;
                }));
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

        Thread closing = Thread.ofPlatform().daemon().start(workers::close);
        Await.until("it waits", BOUND, () -> closing.getState() == Thread.State.TIMED_WAITING);
        assertThat(workers.count()).isEqualTo(1);
        leave.countDown();
        closing.join(BOUND);

        assertThat(closing.isAlive()).isFalse();
        assertThat(interrupted.join()).isFalse();
        visitor.join(BOUND);
    }

    @Test
    void after_the_end_nothing_begins_any_more() {
        workers.close();
        AtomicBoolean done = new AtomicBoolean();

        assertThat(workers.start("late", () -> done.set(true))).isFalse();
        assertThat(workers.visit(() -> done.getAndSet(true))).isEmpty();

        assertThat(workers.count()).isZero();
        assertThat(done).isFalse();
    }

    @Test
    void work_that_fails_is_not_counted_any_more() {
        workers.start("faulty", () -> {
            throw new IllegalStateException("made by the test");
        });
        assertThatThrownBy(() -> workers.visit(() -> {
                    throw new IllegalArgumentException("made by the test");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        Await.until("nobody works", BOUND, () -> workers.count() == 0);
        assertThat(workers.visit(() -> "still open")).contains("still open");
    }
}
