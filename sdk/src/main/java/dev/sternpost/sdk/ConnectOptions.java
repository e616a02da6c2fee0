package dev.sternpost.sdk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how to talk to it.
 *
 * @param address "host:port"; a leading "https://" is accepted and dropped
 * @param caFile PEM file of the installation's CA, which must have signed the server's certificate; null trusts what
 *     the Java installation trusts
 * @param callTimeout bound of one plain call that was not given its own deadline; streams have none
 * @param userAgent what the client calls itself, such as "backup-job/2.1"
 */
public record ConnectOptions(String address, @Nullable Path caFile, Duration callTimeout, String userAgent) {
    /** Bound of one plain call unless told otherwise. */
    public static final Duration CALL_TIMEOUT_DEFAULT = Duration.ofSeconds(60);

    private static final int PORT_DEFAULT = 7443;

    public ConnectOptions {
        address = normal(address);
        Objects.requireNonNull(userAgent);
        if (callTimeout.isNegative() || callTimeout.isZero()) {
            throw new IllegalArgumentException("callTimeout must be positive, not " + callTimeout);
        }
    }

    /** A server at "host:port" whose certificate the Java installation trusts. */
    public static ConnectOptions to(String address) {
        return new ConnectOptions(address, null, CALL_TIMEOUT_DEFAULT, "sternpost-sdk");
    }

    /** Trusts the CA in this PEM file and no other. */
    public ConnectOptions withCaFile(Path file) {
        return new ConnectOptions(address, file, callTimeout, userAgent);
    }

    /** Bounds plain calls by this instead. */
    public ConnectOptions withCallTimeout(Duration timeout) {
        return new ConnectOptions(address, caFile, timeout, userAgent);
    }

    /** Names the program that makes the calls. */
    public ConnectOptions withUserAgent(String name) {
        return new ConnectOptions(address, caFile, callTimeout, name);
    }

    private static String normal(String given) {
        String text = given.strip();
        if (text.startsWith("https://")) {
            text = text.substring("https://".length());
        }
        if (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isEmpty() || text.contains("/") || text.contains(" ")) {
            throw new IllegalArgumentException("not a server address: \"" + given + "\"; write it as host:port");
        }
        boolean hasPort = text.endsWith("]") ? false : text.lastIndexOf(':') > text.lastIndexOf(']');
        return hasPort ? text : text + ":" + PORT_DEFAULT;
    }
}
