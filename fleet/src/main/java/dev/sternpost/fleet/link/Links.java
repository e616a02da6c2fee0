package dev.sternpost.fleet.link;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.fleet.host.SimulatedHost;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;

/**
 * The streams of all hosts. Each has a connection and a certificate of its own, as the server demands; they share a few
 * threads, and a gate that keeps the handshakes of thousands from all being under way at once.
 */
public final class Links implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int HANDSHAKES_MAX = 64;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
    private final ScheduledThreadPoolExecutor timers;
    private final Semaphore gate = new Semaphore(HANDSHAKES_MAX);
    private final ConcurrentMap<String, HostLink> links = new ConcurrentHashMap<>();

    public Links(ScheduledThreadPoolExecutor timers) {
        this.timers = timers;
    }

    /** Connects a host, and keeps it so. */
    public void open(SimulatedHost host, HostIdentity identity, String agentVersion) {
        HostLink link = new HostLink(host, identity, agentVersion, this);
        links.put(host.id(), link);
        link.start();
    }

    /** Hosts whose stream the server has accepted. */
    public long connectedCount() {
        return links.values().stream().filter(HostLink::isConnected).count();
    }

    /** Whether a host's stream is open. */
    public boolean isConnected(String hostId) {
        HostLink link = links.get(hostId);
        return link != null && link.isConnected();
    }

    /** Cuts a host's stream if its faults say so, or lets it connect again. */
    public void settle(String hostId) {
        HostLink link = links.get(hostId);
        if (link != null) {
            link.settle();
        }
    }

    EventLoopGroup loops() {
        return loops;
    }

    ScheduledThreadPoolExecutor timers() {
        return timers;
    }

    Semaphore gate() {
        return gate;
    }

    @Override
    public void close() {
        Collection<HostLink> all = List.copyOf(links.values());
        all.forEach(HostLink::close);
        loops.shutdownGracefully();
    }
}
