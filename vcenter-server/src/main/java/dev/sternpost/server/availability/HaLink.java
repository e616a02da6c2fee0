package dev.sternpost.server.availability;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * What each host was told last and what it said last, kept in memory: a host says it anew every two seconds, and is told anew each time it
 * connects. Safe for use from several threads.
 */
public final class HaLink {
    /** After that a host's word is old. Hosts speak every two seconds. */
    public static final long FRESH_MILLIS = 10_000;

    private final Map<HostId, HaOrder> orders = new ConcurrentHashMap<>();
    private final Map<HostId, Reported> reports = new ConcurrentHashMap<>();
    private volatile BiConsumer<HostId, HaOrder> sender = (host, order) -> {};

    /** A report, with when it came. */
    public record Reported(HaReport report, Instant time) {
        /** Whether it was said lately. */
        public boolean isFresh(Instant now) {
            return time.plusMillis(FRESH_MILLIS).isAfter(now);
        }
    }

    /** Says who sends; told once, while the server is put together. */
    public void sendBy(BiConsumer<HostId, HaOrder> newSender) {
        sender = newSender;
    }

    /** Tells a host what to do, now if it is connected, else when it is; nothing when it was told that already. */
    public void tell(HostId host, HaOrder order) {
        HaOrder before = orders.put(host, order);
        if (!order.equals(before)) {
            sender.accept(host, order);
        }
    }

    /** What a host was told last since the server was started. */
    public Optional<HaOrder> told(HostId host) {
        return Optional.ofNullable(orders.get(host));
    }

    /** A host says how it stands. */
    public void reported(HostId host, HaReport report, Instant time) {
        reports.put(host, new Reported(report, time));
    }

    /** What a host said last since the server was started. */
    public Optional<Reported> report(HostId host) {
        return Optional.ofNullable(reports.get(host));
    }

    /** Forgets a host that was removed. */
    public void forget(HostId host) {
        orders.remove(host);
        reports.remove(host);
    }
}
