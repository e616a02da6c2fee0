package dev.sternpost.inventory.power;

import java.time.Instant;
import java.util.Objects;

/**
 * What came of it the last time a host was to wake.
 *
 * @param passed whether it did
 * @param millis how long it took from the order to wake until its agent was there; 0 when it did not wake
 * @param detail what went wrong; empty when it woke
 */
public record WakeTest(Instant time, boolean passed, long millis, String detail) {
    public WakeTest {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(detail, "detail");
        if (millis < 0) {
            throw new IllegalArgumentException("millis " + millis);
        }
    }
}
