package dev.sternpost.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * Waits in real time for something that other threads or processes bring about; never longer than the given bound.
 *
 * <p>{@code -Dsternpost.patience=3} makes every bound three times as long, for slow or shared machines.
 */
public final class Await {
    private static final long POLL_MILLIS_FIRST = 2;
    private static final long POLL_MILLIS_MAX = 100;

    private Await() {}

    /** What {@link #untilPasses} repeats. */
    @FunctionalInterface
    public interface Assertion {
        void run() throws Exception;
    }

    /**
     * Returns as soon as the condition is true.
     *
     * @param what completes "waited 5 s for …" in the failure's message
     */
    public static void until(String what, Duration bound, BooleanSupplier condition) {
        untilPresent(what, bound, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Returns the first value that the probe comes up with. */
    public static <T> T untilPresent(String what, Duration bound, Supplier<Optional<T>> probe) {
        Deadline deadline = new Deadline(bound);
        while (true) {
            boolean last = deadline.passed();
            Optional<T> value = probe.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (last) {
                throw deadline.failure(what, null);
            }
            deadline.pause();
        }
    }

    /** Returns as soon as the assertion passes; when it never does, the failure carries its last complaint. */
    public static void untilPasses(String what, Duration bound, Assertion assertion) {
        Deadline deadline = new Deadline(bound);
        while (true) {
            boolean last = deadline.passed();
            try {
                assertion.run();
                return;
            } catch (Exception | AssertionError e) {
                if (last) {
                    throw deadline.failure(what, e);
                }
            }
            deadline.pause();
        }
    }

    /** Polls often at first, then ever more seldom; the last look is always after the bound. */
    private static final class Deadline {
        private final long boundNanos;
        private final long startNanos = System.nanoTime();
        private long pauseMillis = POLL_MILLIS_FIRST;

        Deadline(Duration bound) {
            double patience = Double.parseDouble(System.getProperty("sternpost.patience", "1"));
            this.boundNanos = (long) (bound.toNanos() * patience);
        }

        boolean passed() {
            return System.nanoTime() - startNanos >= boundNanos;
        }

        void pause() {
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionFailedError("interrupted while waiting", e);
            }
            pauseMillis = Math.min(pauseMillis * 2, POLL_MILLIS_MAX);
        }

        AssertionFailedError failure(String what, @Nullable Throwable last) {
            String waited = "waited %.1f s for %s".formatted((System.nanoTime() - startNanos) / 1e9, what);
            return new AssertionFailedError(last == null ? waited : waited + "\nlast: " + last, last);
        }
    }
}
