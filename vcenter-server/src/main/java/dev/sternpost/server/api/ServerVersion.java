package dev.sternpost.server.api;

/** Which server this is. */
final class ServerVersion {
    static final String VERSION = "0.1.0";

    private ServerVersion() {}
}
