package dev.sternpost.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Watches a console log that grows with each tick of a guest, and tells the longest time in which it did not. */
final class GapMeter implements AutoCloseable {
    private static final long LOOK_NANOS = 500_000;

    private final Path log;
    private final Thread watcher;
    private volatile boolean done;
    private volatile long longestNanos;
    private volatile long lastSizeBytes;
    private volatile long lastNanoTime;

    GapMeter(Path log) {
        this.log = log;
        this.lastSizeBytes = size();
        this.lastNanoTime = System.nanoTime();
        this.watcher = Thread.ofPlatform().name("gap").daemon().start(this::watch);
    }

    private long size() {
        try {
            return Files.size(log);
        } catch (IOException e) {
            return 0;
        }
    }

    private void watch() {
        while (!done) {
            long size = size();
            long now = System.nanoTime();
            if (size != lastSizeBytes) {
                longestNanos = Math.max(longestNanos, now - lastNanoTime);
                lastSizeBytes = size;
                lastNanoTime = now;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Bytes of the log so far: ticks of the guest. */
    long ticks() {
        return lastSizeBytes;
    }

    double longestMillis() {
        return longestNanos / 1e6;
    }

    @Override
    public void close() {
        done = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
