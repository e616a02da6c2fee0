package dev.sternpost.inventory;

import java.util.List;
import java.util.Objects;

/**
 * What the guest says about itself.
 *
 * @param toolsState whether the guest agent answers
 * @param hostName host name in the guest; empty when unknown
 * @param osName name of the guest's operating system; empty when unknown
 * @param ipAddresses the most useful one first
 */
public record GuestInfo(GuestToolsState toolsState, String hostName, String osName, List<String> ipAddresses) {
    /** Nothing is known, as for a guest that is off. */
    public static final GuestInfo UNKNOWN = new GuestInfo(GuestToolsState.UNKNOWN, "", "", List.of());

    public GuestInfo {
        Objects.requireNonNull(toolsState, "toolsState");
        Objects.requireNonNull(hostName, "hostName");
        Objects.requireNonNull(osName, "osName");
        ipAddresses = List.copyOf(ipAddresses);
    }
}
