package dev.sternpost.fleet.main;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.fleet.host.HostFault;
import dev.sternpost.fleet.host.Journal;
import dev.sternpost.fleet.host.SimulatedHost;
import dev.sternpost.fleet.host.World;
import dev.sternpost.fleet.link.Links;
import dev.sternpost.fleet.population.Layout;
import dev.sternpost.fleet.population.Population;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.sdk.ConnectOptions;
import dev.sternpost.sdk.SternpostClient;
import dev.sternpost.sdk.SternpostSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A simulated fleet in this process. {@link #start} returns when all of it is in the server's inventory; then it lives until it is closed. */
public final class Fleet implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Fleet.class);

    static final String AGENT_VERSION = "0.1.0-simulated";
    private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(10);
    private static final Duration CALL_PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 200;
    private static final int PAGE = 1_000;

    /** How far the start is. */
    public enum Stage {
        ENROLLING,
        CONNECTING,
        POPULATING,
        READY
    }

    private final Settings settings;
    private final World world;
    private final Links links;
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final AtomicInteger enrolled = new AtomicInteger();
    private volatile Stage stage = Stage.ENROLLING;
    private volatile int notMade;

    private Fleet(Settings settings) {
        this.settings = settings;
        this.world = new World(settings.latency(), Journal.in(settings.home().resolve("journal")));
        this.links = new Links(world.timers());
    }

    /** A fleet that does nothing yet. */
    public static Fleet of(Settings settings) {
        try {
            Files.createDirectories(settings.home().resolve("hosts"));
        } catch (IOException e) {
            throw new UncheckedIOException("the fleet's home cannot be made", e);
        }
        return new Fleet(settings);
    }

    /** Enrols what has not enrolled, connects all hosts, and makes the virtual machines that are missing. */
    public void start() throws InterruptedException {
        Layout layout = settings.layout();
        Path identities = settings.home().resolve("hosts");
        long incarnation = nextIncarnation();
        List<Optional<HostIdentity>> known = Population.known(identities, layout);
        // Hosts that were there before go on at once, as real ones do, whether the server is ready for a login or not.
        connectKnown(known, incarnation);
        ConnectOptions options = ConnectOptions.to(settings.server())
                .withCaFile(settings.caFile())
                .withCallTimeout(CALL_PATIENCE)
                .withUserAgent("sternpost-fleet");
        try (SternpostClient client = SternpostClient.connect(options);
                SternpostSession session = client.login(settings.user(), password())) {
            Population population = new Population(session, settings.server(), identities, layout);
            boolean allKnown = known.stream().allMatch(Optional::isPresent);
            if (!allKnown) {
                population.clusters();
                List<HostIdentity> all = population.enrol(known, number -> enrolled.incrementAndGet());
                connectNew(known, all, incarnation);
            }
            stage = Stage.CONNECTING;
            awaitConnected(session);
            stage = Stage.POPULATING;
            populate(population);
            stage = Stage.READY;
            session.logout();
        }
        log.info("the fleet is ready: {} hosts, {} virtual machines", hosts.size(), totals().vms());
    }

    private void connectKnown(List<Optional<HostIdentity>> known, long incarnation) {
        List<HostIdentity> present = known.stream().flatMap(Optional::stream).toList();
        enrolled.set(present.size());
        for (int number = 0; number < known.size(); number++) {
            int at = number;
            known.get(number).ifPresent(identity -> add(at, identity, incarnation));
        }
        world.recover();
        Set<String> ids = new HashSet<>();
        present.forEach(identity -> ids.add(identity.hostId()));
        for (HostIdentity identity : present) {
            open(identity);
        }
    }

    private void connectNew(List<Optional<HostIdentity>> known, List<HostIdentity> all, long incarnation) {
        for (int number = 0; number < all.size(); number++) {
            if (known.get(number).isEmpty()) {
                add(number, all.get(number), incarnation);
                open(all.get(number));
            }
        }
    }

    private void add(int number, HostIdentity identity, long incarnation) {
        SimulatedHost host = world.add(
                identity.hostId(), identity.hostName(), settings.layout().shapeOf(number), incarnation);
        synchronized (hosts) {
            hosts.add(host);
        }
    }

    private void open(HostIdentity identity) {
        byId(identity.hostId()).ifPresent(host -> links.open(host, identity, AGENT_VERSION));
    }

    /** Connected, and its datastores known to the server. */
    private void awaitConnected(SternpostSession session) throws InterruptedException {
        long until = System.nanoTime() + CONNECT_PATIENCE.toNanos();
        while (links.connectedCount() < hosts.size() || !allDescribed(session)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("only %d of %d hosts are connected after %d s"
                        .formatted(links.connectedCount(), hosts.size(), CONNECT_PATIENCE.toSeconds()));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private boolean allDescribed(SternpostSession session) {
        Set<String> missing = new HashSet<>();
        all().forEach(host -> missing.add(host.id()));
        String token = "";
        do {
            String page = token;
            var answer = session.call(() -> session.hosts()
                    .listHosts(ListHostsRequest.newBuilder()
                            .setPageSize(PAGE)
                            .setPageToken(page)
                            .build()));
            answer.getHostsList().stream()
                    .filter(host -> host.getDatastoreIdsCount() > 0)
                    .forEach(host -> missing.remove(host.getId()));
            token = answer.getNextPageToken();
        } while (!token.isEmpty());
        return missing.isEmpty();
    }

    private void populate(Population population) throws InterruptedException {
        Set<String> there = new HashSet<>();
        all().forEach(host -> there.addAll(host.vmNames()));
        List<String> ids = new ArrayList<>();
        Map<String, String> byName = new java.util.HashMap<>();
        all().forEach(host -> byName.put(host.name(), host.id()));
        for (int number = 0; number < settings.layout().hosts(); number++) {
            ids.add(byName.getOrDefault(settings.layout().hostName(number), ""));
        }
        notMade = population.virtualMachines(there, ids, made -> {});
    }

    private String password() {
        try {
            return Files.readString(settings.passwordFile()).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("the password file cannot be read: " + e.getMessage(), e);
        }
    }

    /** Rises by one at each start. */
    private long nextIncarnation() {
        Path file = settings.home().resolve("incarnation");
        try {
            long next =
                    Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) + 1 : 1;
            Files.writeString(file, next + "\n");
            return next;
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException("the incarnation of the fleet cannot be counted: " + e.getMessage(), e);
        }
    }

    private List<SimulatedHost> all() {
        synchronized (hosts) {
            return List.copyOf(hosts);
        }
    }

    private Optional<SimulatedHost> byId(String id) {
        return all().stream().filter(host -> host.id().equals(id)).findAny();
    }

    /** A host by name or id. */
    public Optional<SimulatedHost> host(String nameOrId) {
        return all().stream()
                .filter(host -> host.name().equals(nameOrId) || host.id().equals(nameOrId))
                .findAny();
    }

    /** A host without fault drawn by lot; any when all have one. */
    public SimulatedHost anyHost(Random lot) {
        List<SimulatedHost> whole =
                all().stream().filter(host -> host.faults().isEmpty()).toList();
        List<SimulatedHost> from = whole.isEmpty() ? all() : whole;
        return from.get(lot.nextInt(from.size()));
    }

    /** From now on this is the matter with a host. */
    public void fault(SimulatedHost host, HostFault fault) {
        host.fault(fault);
        links.settle(host.id());
    }

    /** Nothing is the matter with a host any more. */
    public void heal(SimulatedHost host) {
        host.heal();
        links.settle(host.id());
    }

    /**
     * Figures of the whole.
     *
     * @param faulty hosts by what is the matter with them
     * @param notMade virtual machines that the server refused to make
     */
    public record Totals(
            Stage stage,
            int hosts,
            int enrolled,
            long connected,
            int vms,
            int running,
            int wanted,
            int notMade,
            Map<HostFault, Integer> faulty) {}

    /** As it is now. */
    public Totals totals() {
        int vms = 0;
        int running = 0;
        Map<HostFault, Integer> faulty = new EnumMap<>(HostFault.class);
        for (SimulatedHost host : all()) {
            SimulatedHost.Count count = host.count();
            vms += count.vms();
            running += count.running();
            host.faults().forEach(fault -> faulty.merge(fault, 1, Integer::sum));
        }
        Layout layout = settings.layout();
        return new Totals(
                stage,
                layout.hosts(),
                enrolled.get(),
                links.connectedCount(),
                vms,
                running,
                layout.hosts() * layout.vmsPerHost(),
                notMade,
                faulty);
    }

    @Override
    public void close() {
        links.close();
        world.close();
    }
}
