package dev.sternpost.server.host;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended well.
 *
 * @param vm the VM as it is now; null for commands on the host
 */
public record HostAnswer(@Nullable VmObservation vm, HostPayload payload) {
    public HostAnswer {
        Objects.requireNonNull(payload, "payload");
    }
}
