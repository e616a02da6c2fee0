package dev.sternpost.server.availability;

import dev.sternpost.inventory.ClusterId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one host is told to keep up.
 *
 * @param version rises with each change for the cluster
 * @param content null only when it is to do nothing
 */
public record HaOrder(
        ClusterId clusterId,
        long version,
        HaMode mode,
        @Nullable HaContent content) {
    public HaOrder {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(mode, "mode");
        if (mode != HaMode.OFF && content == null) {
            throw new IllegalArgumentException("a host that does something must know with whom");
        }
    }
}
