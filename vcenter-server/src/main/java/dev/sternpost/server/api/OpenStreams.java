package dev.sternpost.server.api;

/** Knows whether the server is going down, which streams have to notice by themselves. */
final class OpenStreams implements AutoCloseable {
    private volatile boolean closing;

    boolean closing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
    }
}
