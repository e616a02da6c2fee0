package dev.sternpost.agent.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps the newest ticks of a guest and lets callers wait for the next. For engines. */
public final class TickLog {

    private static final int LINE_BYTES_MAX = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Tick> ticks = new ArrayDeque<>();

    /** Forgets all. */
    public void clear() {
        lock.lock();
        try {
            ticks.clear();
        } finally {
            lock.unlock();
        }
    }

    /** A line came from the guest now; anything but a tick is ignored, since the guest is not to be trusted. */
    public void line(byte[] line) {
        long nanoTime = System.nanoTime();
        Instant now = Instant.now();
        if (line.length > LINE_BYTES_MAX) {
            return;
        }
        String[] words = new String(line, StandardCharsets.ISO_8859_1).strip().split(" ");
        if (words.length != 4 || !words[0].equals("t")) {
            return;
        }
        try {
            add(new Tick(
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    nanoTime,
                    now.getEpochSecond() * 1_000_000_000L + now.getNano()));
        } catch (NumberFormatException e) {
            return;
        }
    }

    /** Keeps a tick. */
    public void add(Tick tick) {
        lock.lock();
        try {
            if (ticks.size() == TickProbe.RECENT_TICKS_MAX) {
                ticks.removeFirst();
            }
            ticks.addLast(tick);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The newest. */
    public Optional<Tick> last() {
        lock.lock();
        try {
            return Optional.ofNullable(ticks.peekLast());
        } finally {
            lock.unlock();
        }
    }

    /** All that are kept, in order of arrival. */
    public List<Tick> recent() {
        lock.lock();
        try {
            return List.copyOf(ticks);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for one with a sequence number above this one. */
    public Optional<Tick> await(long sequenceAbove, Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (true) {
                Tick last = ticks.peekLast();
                if (last != null && last.sequence() > sequenceAbove) {
                    return ticks.stream()
                            .filter(tick -> tick.sequence() > sequenceAbove)
                            .findFirst();
                }
                if (left <= 0) {
                    return Optional.empty();
                }
                left = arrived.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
