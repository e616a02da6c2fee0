package dev.sternpost.server.availability;

import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventType;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to high availability on a host.
 *
 * @param type one of those that begin with HA
 * @param vmId the virtual machine concerned; null when none is
 * @param detail one line, in which virtual machines and hosts have their ids
 * @param number rises by one on each host, over all that happens there
 * @param time by the host's clock; null when it does not say
 */
public record HaHappening(
        EventType type,
        @Nullable VirtualMachineId vmId,
        String detail,
        long number,
        @Nullable Instant time) {
    public HaHappening {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(detail, "detail");
    }
}
