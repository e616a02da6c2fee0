package dev.sternpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class AwaitTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void returns_as_soon_as_the_condition_holds() {
        Await.until("three looks", LONG, () -> looks.incrementAndGet() == 3);
        assertThat(looks).hasValue(3);
    }

    @Test
    void gives_back_the_first_value() {
        Integer value = Await.untilPresent(
                "two looks", LONG, () -> looks.incrementAndGet() < 2 ? Optional.empty() : Optional.of(looks.get()));
        assertThat(value).isEqualTo(2);
    }

    @Test
    void looks_at_least_once_even_when_there_is_no_time() {
        Await.until("anything", Duration.ZERO, () -> true);
    }

    @Test
    void says_what_it_waited_for_when_the_bound_has_passed() {
        assertThatThrownBy(() -> Await.until("the moon", SHORT, () -> false))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("the moon");
    }

    @Test
    void carries_the_last_complaint_of_an_assertion_that_never_passed() {
        assertThatThrownBy(() -> Await.untilPasses("order", SHORT, () -> {
                    throw new IllegalStateException("still a mess " + looks.incrementAndGet());
                }))
                .hasMessageContaining("still a mess " + looks.get())
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(looks.get()).isGreaterThan(1);
    }

    @Test
    void an_assertion_that_comes_true_passes() {
        Await.untilPasses(
                "three looks", LONG, () -> assertThat(looks.incrementAndGet()).isEqualTo(3));
        assertThat(looks).hasValue(3);
    }
}
