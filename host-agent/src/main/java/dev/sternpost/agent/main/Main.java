package dev.sternpost.agent.main;

import dev.sternpost.agent.availability.guard.GuardClient;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.endpoint.EnrolmentClient;
import dev.sternpost.agent.endpoint.HostFactsSource;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.qemu.QemuConfig;
import dev.sternpost.agent.engine.qemu.QemuConfig.AcceleratorWish;
import dev.sternpost.agent.engine.qemu.QemuEngine;
import dev.sternpost.agent.engine.simulated.SimulatedEngine;
import dev.sternpost.agent.engine.simulated.SimulatedHardware;
import dev.sternpost.agent.identity.EnrolmentToken;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import dev.sternpost.agent.main.Settings.NetworkMode;
import dev.sternpost.agent.network.BridgeNetwork;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.network.NetworkBackend;
import dev.sternpost.agent.network.UserNetwork;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's process. Exit codes: 0 ended by a signal, 1 failed to start (the last line of the log says why and what to
 * do), 2 wrong settings. SIGTERM ends the agent and leaves its virtual machines running.
 */
public final class Main {

    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private static final Duration ENROLMENT_PATIENCE = Duration.ofSeconds(60);
    private static final Path SELF_STATUS = Path.of("/proc/self/status");

    private Main() {}

    public static void main(String[] arguments) {
        long begun = System.nanoTime();
        boolean root = isRoot();
        Settings settings;
        try {
            settings = Settings.read(arguments, System.getProperties(), root);
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage() + "\n" + Settings.USAGE);
            System.exit(2);
            return;
        }
        try {
            run(settings, root, begun);
        } catch (FaultException e) {
            log.error("{} {}", e.getMessage(), e.fault().context());
            System.exit(1);
        } catch (IOException | RuntimeException e) {
            // The process's own edge: nothing is left to do but to say so.
            log.error("the agent cannot run", e);
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Settings settings, boolean root, long begun) throws IOException, InterruptedException {
        Files.createDirectories(settings.home());
        Files.createDirectories(settings.runDirectory());
        FileOwner owner = root ? FileOwner.unprivileged(settings.vmUid()) : FileOwner.self();
        HostNetworks networks = networks(settings, root);
        HypervisorEngine engine = engine(settings, owner, networks);
        HostIdentity identity = identity(settings, engine);
        Agent agent = new Agent(new Agent.Parts(
                settings.home(),
                identity,
                engine,
                new DatastoreRegistry(settings.datastores()),
                owner,
                settings.relay(),
                networks.kinds(),
                notices(settings, root),
                settings.powerOffCommand(),
                new Agent.GuardParts(settings.runDirectory(), settings.watchdog(), GuardClient::new)));
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    log.info(
                            "ending; {} virtual machines run on",
                            agent.operations().runningCount());
                    agent.close();
                    ended.countDown();
                }));
        log.info(
                "ready after {} ms: {} with {} virtual machines, relay at {}",
                (System.nanoTime() - begun) / 1_000_000,
                identity.hostId(),
                agent.operations().runningCount(),
                agent.relayAddress());
        ended.await();
    }

    private static HypervisorEngine engine(Settings settings, FileOwner owner, HostNetworks networks) {
        if (settings.engine().equals("simulated")) {
            return new SimulatedEngine(new SimulatedHardware(), settings.runDirectory(), "simulated");
        }
        return new QemuEngine(
                new QemuConfig(
                        settings.runDirectory(),
                        settings.namespace(),
                        owner,
                        AcceleratorWish.valueOf(settings.accelerator().toUpperCase(Locale.ROOT)),
                        settings.cpuModel(),
                        settings.cpuLimit()),
                networks);
    }

    private static HostIdentity identity(Settings settings, HypervisorEngine engine)
            throws IOException, InterruptedException {
        IdentityFiles files = new IdentityFiles(settings.home().resolve("identity"));
        var stored = files.load();
        if (stored.isPresent()) {
            return stored.get();
        }
        Path tokenFile = settings.tokenFile()
                .filter(Files::isReadable)
                .orElseThrow(() -> new FaultException(
                        dev.sternpost.inventory.fault.FaultCode.TOKEN_INVALID,
                        "this host has not enrolled and there is no token to enrol with; make one with"
                                + " `sternpost host token` and give its file with --enrolment-token-file"));
        EnrolmentToken token = EnrolmentToken.parse(Files.readString(tokenFile));
        HostIdentity identity = EnrolmentClient.enrol(
                settings.server(), token, HostFactsSource.cpu(engine.facts()), ENROLMENT_PATIENCE);
        files.store(identity);
        Files.deleteIfExists(tokenFile); // It has done its work and is worth nothing now.
        log.info("enrolled as {} ({})", identity.hostId(), identity.hostName());
        return identity;
    }

    private static HostNetworks networks(Settings settings, boolean root) {
        NetworkBackend backend = switch (settings.networkMode()) {
            case USER -> new UserNetwork();
            case BRIDGE -> {
                HostBridge.ensure(settings.namespace(), settings.bridge(), settings.uplink());
                yield new BridgeNetwork(settings.namespace(), settings.bridge(), root ? settings.vmUid() : 0);
            }
        };
        return new HostNetworks(Map.of(settings.network(), backend));
    }

    private static List<String> notices(Settings settings, boolean root) {
        if (settings.networkMode() == NetworkMode.USER) {
            return List.of("virtual machines have user-mode networking: they reach out but not each other"
                    + (root ? "." : ", since the agent does not run as root."));
        }
        return List.of();
    }

    private static boolean isRoot() {
        try (var lines = Files.lines(SELF_STATUS)) {
            return lines.filter(line -> line.startsWith("Uid:")).anyMatch(line -> line.split("\\s+")[2].equals("0"));
        } catch (IOException e) {
            return false;
        }
    }
}
