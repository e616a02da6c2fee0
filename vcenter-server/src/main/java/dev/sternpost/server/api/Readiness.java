package dev.sternpost.server.api;

/** Whether the server does its work: set once everything is open, unset when it goes down. */
public final class Readiness {
    private volatile boolean ready;

    public boolean isReady() {
        return ready;
    }

    public void set(boolean nowReady) {
        ready = nowReady;
    }
}
