package dev.sternpost.ha.host;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom a host hears.
 *
 * @param peers the latest heartbeat of each other host, and when it came
 * @param addressMillis when an isolation address answered last
 * @param startedMillis when listening began
 * @param isolated whether it hears nobody, though others are there
 * @param aloneMillis when no other host was there last that could be heard
 * @param leader while isolated, another host that is seen to decide for the rest; empty while none is
 * @param leaderSinceMillis since when that is so
 */
record Network(
        SortedMap<HostId, Peer> peers,
        long addressMillis,
        long startedMillis,
        boolean isolated,
        long aloneMillis,
        Optional<HostId> leader,
        long leaderSinceMillis) {

    /**
     * The latest heartbeat of a host.
     *
     * @param lower the latest of those that came after and are numbered lower, while nothing else was heard of it; null when none is
     * @param lowerSinceMillis when the first of those came
     */
    record Peer(Message.Heartbeat beat, long atMillis, Message.@Nullable Heartbeat lower, long lowerSinceMillis) {
        static Peer of(Message.Heartbeat beat, long at) {
            return new Peer(beat, at, null, at);
        }

        /**
         * A heartbeat that is numbered lower is late, and must not undo what a later one said. But when nothing else comes of its host for as
         * long as one takes to be dead, and those rise, it is the higher number that was wrong.
         */
        Peer heard(Message.Heartbeat next, HaTiming timing, long at) {
            if (follows(next, beat)) {
                return of(next, at);
            }
            if (at < atMillis + timing.silenceMillis()) {
                return this;
            }
            if (lower == null || lower.incarnation() != next.incarnation()) {
                return new Peer(beat, atMillis, next, at);
            }
            if (!follows(next, lower)) {
                return this;
            }
            return at >= lowerSinceMillis + timing.deadMillis()
                    ? of(next, at)
                    : new Peer(beat, atMillis, next, lowerSinceMillis);
        }

        private static boolean follows(Message.Heartbeat next, Message.Heartbeat last) {
            return next.incarnation() > last.incarnation()
                    || (next.incarnation() == last.incarnation() && next.sequence() > last.sequence());
        }
    }

    private static final long NEVER_MILLIS = 1L << 40;

    Network {
        peers = Collections.unmodifiableSortedMap(peers);
    }

    static Network start(long at) {
        return new Network(new TreeMap<>(), at, at, false, at - NEVER_MILLIS, Optional.empty(), at);
    }

    Network heard(Message.Heartbeat beat, HaTiming timing, long at) {
        Peer last = peers.get(beat.from());
        Peer now = last == null ? Peer.of(beat, at) : last.heard(beat, timing, at);
        if (now.equals(last)) {
            return this;
        }
        TreeMap<HostId, Peer> next = new TreeMap<>(peers);
        next.put(beat.from(), now);
        return new Network(next, addressMillis, startedMillis, isolated, aloneMillis, leader, leaderSinceMillis);
    }

    Network addressAnswered(long at) {
        return new Network(peers, at, startedMillis, isolated, aloneMillis, leader, leaderSinceMillis);
    }

    Network withIsolated(boolean newIsolated) {
        return new Network(peers, addressMillis, startedMillis, newIsolated, aloneMillis, leader, leaderSinceMillis);
    }

    /** There is nobody who could be heard. */
    Network withAlone(long at) {
        return new Network(peers, addressMillis, startedMillis, isolated, at, leader, leaderSinceMillis);
    }

    Network withLeader(Optional<HostId> newLeader, long at) {
        return newLeader.equals(leader)
                ? this
                : new Network(peers, addressMillis, startedMillis, isolated, aloneMillis, newLeader, at);
    }

    /** Whether it hears nobody, and somebody is there, for so long that it is cut off. */
    boolean isCutOff(HaTiming timing, long at) {
        return hearsNobody(timing, at) && at >= aloneMillis + timing.isolationMillis();
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
