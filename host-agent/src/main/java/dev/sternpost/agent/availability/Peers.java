package dev.sternpost.agent.availability;

import dev.sternpost.agent.relay.PeerLine;
import dev.sternpost.agent.relay.Relay;
import dev.sternpost.ha.message.Message;
import dev.sternpost.inventory.HostId;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The lines to the other hosts of the cluster. */
final class Peers implements AutoCloseable {

    private final HostId self;
    private final Relay relay;
    private final Map<HostId, PeerLine> lines = new TreeMap<>();

    Peers(HostId self, Relay relay) {
        this.self = self;
        this.relay = relay;
    }

    /** These are the hosts now; lines to others end. */
    synchronized void are(SortedMap<HostId, InetSocketAddress> addresses) {
        lines.entrySet().removeIf(entry -> {
            boolean gone = !entry.getValue().address().equals(addresses.get(entry.getKey()));
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        addresses.forEach((host, address) -> {
            if (!host.equals(self)) {
                lines.computeIfAbsent(host, key -> relay.peer(host.value(), address));
            }
        });
    }

    /** Lost when the other host cannot be reached. */
    synchronized void send(HostId to, Message message) {
        PeerLine line = lines.get(to);
        if (line != null) {
            line.send(message.encoded());
        }
    }

    @Override
    public synchronized void close() {
        lines.values().forEach(PeerLine::close);
        lines.clear();
    }
}
