package dev.sternpost.sim.ha;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.ConfigExchange;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How hosts learn what the cluster is to be: from the server, when it reaches them, and else from the heartbeat datastore, where each writes what
 * it knows. Nothing of this goes on until something changes first.
 */
final class Configs {
    private static final String SLOT = "cluster.config";

    /** What the server tells hosts again and again, and what hosts look at on the datastore. */
    private static final Duration SERVER_LOOKS = Duration.ofSeconds(1);

    private static final Duration HOST_LOOKS = Duration.ofSeconds(2);

    /** By then every host has read the word that leaves one out. */
    private static final int LEFT_OUT_MILLIS = 30_000;

    private final HaCluster cluster;
    private final Simulation simulation;

    /** What each version that was written means. */
    private final TreeMap<Long, ClusterConfig> versions = new TreeMap<>();

    /** Hosts that told of one already. */
    private final TreeSet<Integer> refusedTold = new TreeSet<>();

    private ClusterConfig newest;
    private boolean goesOn;

    /** Whether the cluster is kept up at all. */
    private boolean on = true;

    Configs(HaCluster cluster, Simulation simulation, ClusterConfig first) {
        this.cluster = cluster;
        this.simulation = simulation;
        this.newest = first;
        versions.put(first.version(), first);
    }

    /** What the server wants. */
    ClusterConfig newest() {
        return newest;
    }

    boolean isOn() {
        return on;
    }

    // ---- the server -------------------------------------------------------------------------------------------------

    void arm(boolean armed) {
        changed(new ClusterConfig(
                newest.version() + 1, armed, newest.timing(), newest.restart(), newest.hosts(), newest.vms()));
    }

    /** A host that is closed keeps what it runs, and nothing is started there. */
    void close(HaHost host) {
        member(host, false);
    }

    void open(HaHost host) {
        member(host, true);
    }

    private void member(HaHost host, boolean open) {
        TreeMap<HostId, MemberHost> hosts = new TreeMap<>(newest.hosts());
        MemberHost before = hosts.get(host.id);
        boolean spare = before != null && before.spare();
        hosts.put(host.id, new MemberHost(host.id, cluster.memoryOf(host), 100_000, open, spare));
        changed(withHosts(hosts));
    }

    void remove(HaHost host) {
        TreeMap<HostId, MemberHost> hosts = new TreeMap<>(newest.hosts());
        hosts.remove(host.id);
        changed(withHosts(hosts));
    }

    private ClusterConfig withHosts(TreeMap<HostId, MemberHost> hosts) {
        return new ClusterConfig(
                newest.version() + 1, newest.armed(), newest.timing(), newest.restart(), hosts, newest.vms());
    }

    /** Whether every member that the server reaches goes by what it wants. */
    boolean isKnown() {
        return newest.hosts().keySet().stream()
                .flatMap(id -> cluster.host(id).stream())
                .filter(host -> host.takesPart && isReached(host))
                .allMatch(host -> host.config.version() >= newest.version());
    }

    void disable() {
        on = false;
        arm(false);
    }

    void enable() {
        on = true;
        arm(true);
    }

    private void changed(ClusterConfig config) {
        newest = config;
        versions.put(config.version(), config);
        begin();
        tellMembers();
    }

    /** From now on the server and the hosts look. */
    void begin() {
        if (!goesOn) {
            goesOn = true;
            simulation.every(SERVER_LOOKS, "server looks", this::serverLooks);
            cluster.hosts.values().forEach(host -> simulation.every(HOST_LOOKS, "config look", () -> exchange(host)));
        }
    }

    private boolean isReached(HaHost host) {
        return host.powered
                && host.agent.up
                && !host.frozen
                && !host.serverCut
                && !cluster.network.isCut(0, host.number)
                && !cluster.isPaused(host, host.agent);
    }

    private void serverLooks() {
        cluster.hosts.values().stream()
                .filter(this::isReached)
                .mapToLong(host -> host.config.version())
                .filter(version -> version > newest.version())
                .max()
                // Hosts go by what the server does not know of: whatever it wants gets a number above.
                .ifPresent(version -> changed(new ClusterConfig(
                        version + 1, newest.armed(), newest.timing(), newest.restart(), newest.hosts(), newest.vms())));
        tellMembers();
        letGo();
    }

    private void tellMembers() {
        for (HaHost host : cluster.hosts.values()) {
            boolean member = newest.hosts().containsKey(host.id);
            if (!isReached(host) || !member) {
                continue;
            }
            if (!host.takesPart && on) {
                host.config = newest;
                cluster.takePart(host);
            } else if (host.takesPart && host.config.version() < newest.version()) {
                take(host, newest);
            }
        }
    }

    /** Told to do nothing: one that left, when all that are reached go by that; all, when none that is reached is armed. */
    private void letGo() {
        boolean anyArmed = cluster.hosts.values().stream()
                .anyMatch(host -> host.takesPart && isReached(host) && host.config.armed());
        for (HaHost host : cluster.hosts.values()) {
            boolean left = !newest.hosts().containsKey(host.id) && isKnown();
            if (host.takesPart && isReached(host) && (left || (!on && !anyArmed))) {
                off(host);
            }
        }
    }

    private void off(HaHost host) {
        if (host.takesPart) {
            cluster.say(host, "takes no part any more");
            List<VmEntry> entries = host.agentState == null ? List.of() : host.agentState.entries();
            host.takesPart = false;
            host.watchdogAtMillis = Long.MAX_VALUE;
            host.known = new Effect.LeaseIs(0, 0);
            host.guard.ends();
            host.agent.ends();
            host.agent.up = true;
            host.guardState = null;
            host.agentState = null;
            entries.forEach(entry -> giveUpLock(host, entry));
            // When the guard's last write must have come.
            simulation.after(Duration.ofMillis(newest.timing().inFlightMillis()), "drops its lease", () -> {
                if (!host.takesPart && host.powered) {
                    cluster.disk.write(host.number, HostLease.slotOf(host.id), HostLease.LEFT, outcome -> {});
                }
            });
        }
    }

    /** What waits to be started again is off from now on: nobody would start it. */
    private void giveUpLock(HaHost host, VmEntry entry) {
        LockState mine = entry.phase() == VmEntry.Phase.RELEASED
                ? new LockState.Released(entry.generation())
                : new LockState.Held(host.id, entry.generation());
        if (entry.phase() == VmEntry.Phase.RELEASED || entry.phase() == VmEntry.Phase.LOST) {
            cluster.locks.mayEnd(entry.vmId());
            cluster.disk.operate(
                    host.number,
                    "lock",
                    () -> Optional.of(cluster.locks.swap(entry.vmId(), mine, new LockState.Absent())),
                    actual -> {});
        }
    }

    // ---- a host -----------------------------------------------------------------------------------------------------

    private void take(HaHost host, ClusterConfig config) {
        int life = host.agent.life;
        cluster.deliver(host, host.agent, life, at -> {
            host.config = config.version() > host.config.version() ? config : host.config;
            return new Input.Configured(host.config, at);
        });
        // Others may count on it before long.
        exchange(host);
        if (!config.hosts().containsKey(host.id)) {
            simulation.after(Duration.ofMillis(LEFT_OUT_MILLIS), "left out", () -> {
                if (host.agent.life == life && !host.config.hosts().containsKey(host.id)) {
                    off(host);
                }
            });
        }
    }

    private void exchange(HaHost host) {
        int life = host.agent.life;
        if (!host.takesPart || host.agentState == null || cluster.isPaused(host, host.agent)) {
            return;
        }
        cluster.disk.read(host.number, SLOT, answer -> {
            if (host.agent.life != life || !host.powered || answer.isEmpty() || cluster.isPaused(host, host.agent)) {
                return;
            }
            Optional<Lines> there = answer.get().flatMap(text -> Lines.decode("availability", text));
            OptionalLong version = there.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(there.get().number("version"));
            switch (ConfigExchange.of(host.config.version(), version)) {
                case TAKE -> take(host, meaning(there.orElseThrow()));
                case WRITE -> write(host);
                case NOTHING -> {
                    if (host.liar != null) {
                        write(host);
                    }
                }
                case REFUSE -> {
                    if (refusedTold.add(host.number)) {
                        cluster.happened(
                                host,
                                new Happening(
                                        Happening.Kind.NUMBER_REFUSED,
                                        "does not believe the configuration of version " + version.getAsLong()));
                    }
                    write(host);
                }
            }
        });
    }

    private ClusterConfig meaning(Lines there) {
        ClusterConfig base = versions.getOrDefault(there.number("of"), newest);
        return new ClusterConfig(
                there.number("version"), base.armed(), base.timing(), base.restart(), base.hosts(), base.vms());
    }

    private void write(HaHost host) {
        long version = host.config.version();
        Liar liar = host.liar;
        String text = Lines.of("availability")
                .with("version", liar == null ? version : liar.version(version))
                .with("of", versions.containsKey(version) ? version : newest.version())
                .encoded();
        cluster.disk.write(host.number, SLOT, text, outcome -> {});
    }
}
