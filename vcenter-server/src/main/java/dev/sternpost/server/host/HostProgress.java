package dev.sternpost.server.host;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a long command goes on.
 *
 * @param percent 0 to 100
 * @param detail one line for people
 * @param migration set while memory is copied
 */
public record HostProgress(int percent, String detail, HostPayload.@Nullable MigrationReport migration) {
    public HostProgress {
        Objects.requireNonNull(detail, "detail");
    }
}
