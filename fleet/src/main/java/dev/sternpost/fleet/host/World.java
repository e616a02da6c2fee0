package dev.sternpost.fleet.host;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What the hosts of a fleet share: datastores, each other, time, and the journal that outlives the process. */
public final class World implements AutoCloseable {
    private static final int THREADS = 2;

    private final Datastores datastores = new Datastores();
    private final Map<String, SimulatedHost> hosts = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timers;
    private final Latency latency;
    private final Journal journal;

    public World(Latency latency, Journal journal) {
        this.latency = latency;
        this.journal = journal;
        this.timers = new ScheduledThreadPoolExecutor(
                THREADS, Thread.ofPlatform().daemon().name("fleet-", 0).factory());
        timers.setRemoveOnCancelPolicy(true);
    }

    /** Adds a host with the virtual machines that the journal knows of it. */
    public SimulatedHost add(String hostId, String name, HostShape shape, long incarnation) {
        SimulatedHost host = new SimulatedHost(hostId, name, shape, incarnation, this);
        hosts.put(hostId, host);
        return host;
    }

    /** Reads what an earlier process left, before the first command. */
    public void recover() {
        journal.open(datastores, hosts);
    }

    /** A host by its id. */
    Optional<SimulatedHost> host(String hostId) {
        return Optional.ofNullable(hosts.get(hostId));
    }

    Datastores datastores() {
        return datastores;
    }

    Latency latency() {
        return latency;
    }

    Journal journal() {
        return journal;
    }

    void after(long millis, Runnable work) {
        timers.schedule(work, millis, TimeUnit.MILLISECONDS);
    }

    /** Threads for what happens at its time. */
    public ScheduledThreadPoolExecutor timers() {
        return timers;
    }

    @Override
    public void close() {
        timers.shutdownNow();
        journal.close();
    }
}
