package dev.sternpost.ha.host;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whom a host hears.
 *
 * @param peers the latest heartbeat of each other host, and when it came
 * @param addressMillis when an isolation address answered last
 * @param startedMillis when listening began
 * @param isolated whether it hears nobody
 */
record Network(SortedMap<HostId, Peer> peers, long addressMillis, long startedMillis, boolean isolated) {

    /** The latest heartbeat of a host. */
    record Peer(Message.Heartbeat beat, long atMillis) {}

    Network {
        peers = Collections.unmodifiableSortedMap(peers);
    }

    static Network start(long at) {
        return new Network(new TreeMap<>(), at, at, false);
    }

    Network heard(Message.Heartbeat beat, long at) {
        Peer last = peers.get(beat.from());
        boolean late = last != null
                && (beat.incarnation() < last.beat().incarnation()
                        || (beat.incarnation() == last.beat().incarnation()
                                && beat.sequence() <= last.beat().sequence()));
        if (late) {
            return this;
        }
        TreeMap<HostId, Peer> next = new TreeMap<>(peers);
        next.put(beat.from(), new Peer(beat, at));
        return new Network(next, addressMillis, startedMillis, isolated);
    }

    Network addressAnswered(long at) {
        return new Network(peers, at, startedMillis, isolated);
    }

    Network withIsolated(boolean newIsolated) {
        return new Network(peers, addressMillis, startedMillis, newIsolated);
    }

    private long lastSignMillis() {
        long last = Math.max(addressMillis, startedMillis);
        for (Peer peer : peers.values()) {
            last = Math.max(last, peer.atMillis());
        }
        return last;
    }

    /** Whether it is time to ask the isolation addresses. */
    boolean isQuiet(HaTiming timing, long at) {
        return at >= lastSignMillis() + timing.silenceMillis();
    }

    boolean hearsNobody(HaTiming timing, long at) {
        return at >= lastSignMillis() + timing.isolationMillis();
    }

    /** Those that were heard lately. */
    TreeMap<HostId, Message.Heartbeat> lately(HaTiming timing, long at) {
        TreeMap<HostId, Message.Heartbeat> lately = new TreeMap<>();
        peers.forEach((host, peer) -> {
            if (at < peer.atMillis() + timing.silenceMillis()) {
                lately.put(host, peer.beat());
            }
        });
        return lately;
    }
}
