package dev.sternpost.agent.relay;

/**
 * A token bucket over {@link System#nanoTime()}: tells how long to wait before so many more bytes may go. For one thread.
 */
final class RateLimit {

    /** What may go at once after a pause, in milliseconds of the rate. */
    private static final long BURST_MILLIS = 100;

    private final long bytesPerSecond;
    private double available;
    private long lastNanos;

    /**
     * @param bytesPerSecond 0 for no limit
     */
    RateLimit(long bytesPerSecond, long nowNanos) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("a rate is not negative");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.available = burst();
        this.lastNanos = nowNanos;
    }

    /** Takes the bytes and returns the nanoseconds to wait before sending them. */
    long take(long bytes, long nowNanos) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        available = Math.min(burst(), available + (nowNanos - lastNanos) / 1e9 * bytesPerSecond) - bytes;
        lastNanos = nowNanos;
        return available >= 0 ? 0 : (long) (-available / bytesPerSecond * 1e9);
    }

    private double burst() {
        return bytesPerSecond * (BURST_MILLIS / 1e3);
    }
}
