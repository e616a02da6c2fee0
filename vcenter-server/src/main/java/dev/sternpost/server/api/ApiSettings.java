package dev.sternpost.server.api;

/**
 * Where the API listens and what it bears.
 *
 * @param address an IP address of this machine
 * @param port 0 picks a free one
 * @param connectionsMax open connections at once
 * @param requestBytesMax size of one request
 */
public record ApiSettings(String address, int port, int connectionsMax, int requestBytesMax) {
    public static final int CONNECTIONS_MAX = 2_000;
    public static final int REQUEST_BYTES_MAX = 4 << 20;

    /** The usual bounds. */
    public static ApiSettings of(String address, int port) {
        return new ApiSettings(address, port, CONNECTIONS_MAX, REQUEST_BYTES_MAX);
    }
}
