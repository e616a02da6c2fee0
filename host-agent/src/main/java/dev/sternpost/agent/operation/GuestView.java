package dev.sternpost.agent.operation;

import java.util.List;

/**
 * What a guest says about itself.
 *
 * @param tools whether its guest agent answers
 * @param hostName host name in the guest; empty when unknown
 * @param osName operating system; empty when unknown
 * @param ipAddresses the most useful one first
 */
public record GuestView(Tools tools, String hostName, String osName, List<String> ipAddresses) {

    /** Nothing is known. */
    public static final GuestView UNKNOWN = new GuestView(Tools.UNKNOWN, "", "", List.of());

    /** Whether the guest agent answers. */
    public enum Tools {
        RUNNING,
        NOT_RUNNING,
        UNKNOWN
    }

    public GuestView {
        ipAddresses = List.copyOf(ipAddresses);
    }
}
