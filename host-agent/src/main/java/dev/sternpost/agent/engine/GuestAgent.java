package dev.sternpost.agent.engine;

import java.time.Duration;
import java.util.List;

/**
 * The agent inside the guest. All calls go over one lasting connection, one at a time. Every call fails with
 * GUEST_NOT_RESPONDING when the guest agent does not answer in time.
 */
public interface GuestAgent {

    /** Whether it answers within the time. Never throws for silence. */
    boolean ping(Duration timeout);

    /** What the guest says about itself. */
    GuestIdentity identity(Duration timeout);

    /** The guest's IP addresses, loopback left out, IPv4 before IPv6, link-local last. */
    List<String> ipAddresses(Duration timeout);

    /**
     * Runs a program and waits for its end. When the time is up the program may go on in the guest
     * (GUEST_NOT_RESPONDING).
     */
    GuestProgramOutput run(String program, List<String> arguments, Duration timeout);

    /** Asks the guest to shut down. Returns when the request was sent; the guest gives no answer. */
    void shutdown();

    /**
     * @param hostName host name in the guest
     * @param osName name of the operating system, such as "Debian GNU/Linux 12"
     */
    record GuestIdentity(String hostName, String osName) {}

    /**
     * @param exitCode exit status; 128 + signal when a signal ended it
     * @param standardOutput at most 1 MiB
     * @param standardError at most 1 MiB
     */
    record GuestProgramOutput(int exitCode, byte[] standardOutput, byte[] standardError) {
        public static final int OUTPUT_BYTES_MAX = 1 << 20;
    }
}
