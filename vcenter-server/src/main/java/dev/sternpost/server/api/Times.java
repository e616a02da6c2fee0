package dev.sternpost.server.api;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Instants as messages. */
final class Times {
    private Times() {}

    static Timestamp of(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
