package dev.sternpost.agent.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final OneAtATime deeds = new OneAtATime();
    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch storageHangs = new CountDownLatch(1);

    private void hang() {
        begun.incrementAndGet();
        try {
            storageHangs.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void what_hangs_holds_up_nothing_else_and_gathers_no_threads() {
        for (int second = 0; second < 60; second++) {
            deeds.start("lock-vm-1", this::hang);
            deeds.start("lock-vm-2", this::hang);
        }
        Await.until("both to have begun", BOUND, () -> begun.get() == 2);
        storageHangs.countDown();
        Await.until("the next to begin", BOUND, () -> {
            deeds.start("lock-vm-1", this::hang);
            return begun.get() > 2;
        });
    }

    @Test
    void what_fails_is_over_too() {
        deeds.start("lock-vm-1", () -> {
            begun.incrementAndGet();
            throw new IllegalStateException("on purpose");
        });
        Await.until("it to be tried again", BOUND, () -> {
            deeds.start("lock-vm-1", begun::incrementAndGet);
            return begun.get() > 1;
        });
        assertThat(begun.get()).isGreaterThan(1);
    }
}
