package dev.sternpost.ha.lease;

import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import java.util.Objects;
import java.util.Optional;

/**
 * What a host's guard writes again and again: its only meaning for safety is that it moves.
 *
 * @param incarnation rises with each start of the guard
 * @param sequence rises with each write of an incarnation, so that no two are the same
 * @param agentUp whether the guard hears the host's agent
 * @param isolated whether the agent says that it hears nobody
 * @param deadMillis how long it must not have moved before it is over, by the times the host goes by; 0 when it does not say
 */
public record HostLease(
        HostId hostId, long incarnation, long sequence, boolean agentUp, boolean isolated, long deadMillis) {
    private static final String KIND = "host-lease";

    /** In the place of a lease whose host takes part no more: what runs there is not guarded, and is not to be taken for dead. */
    public static final String LEFT = "left\n";

    public HostLease {
        Objects.requireNonNull(hostId, "hostId");
    }

    /** The slot it is kept in. */
    public static String slotOf(HostId hostId) {
        return hostId + ".lease";
    }

    /** As it is written. */
    public String encoded() {
        return Lines.of(KIND)
                .with("host", hostId)
                .with("incarnation", incarnation)
                .with("sequence", sequence)
                .with("agentUp", agentUp)
                .with("isolated", isolated)
                .with("dead", deadMillis)
                .encoded();
    }

    /** Empty when the text is not a whole lease. */
    public static Optional<HostLease> decode(String text) {
        return Lines.decode(KIND, text).flatMap(lines -> {
            try {
                return Optional.of(new HostLease(
                        new HostId(lines.text("host")),
                        lines.number("incarnation"),
                        lines.number("sequence"),
                        lines.flag("agentUp"),
                        lines.flag("isolated"),
                        lines.text("dead").isEmpty() ? 0 : lines.number("dead")));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }
}
