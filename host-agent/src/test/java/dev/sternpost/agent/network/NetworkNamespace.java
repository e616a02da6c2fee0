package dev.sternpost.agent.network;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.agent.process.HostCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A network namespace of a test's own; skips the test where none can be made. */
public final class NetworkNamespace implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final String name =
            "spt-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());

    public NetworkNamespace() {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make a network namespace");
        HostCommand.require(BOUND, List.of("ip", "netns", "add", name));
    }

    public String name() {
        return name;
    }

    /** Runs {@code ip} inside. */
    public String ip(String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(words));
        return HostCommand.require(BOUND, command);
    }

    /** Whether there is an interface of that name inside. */
    public boolean has(String device) {
        return HostCommand.run(BOUND, "", List.of("ip", "-n", name, "link", "show", "dev", device))
                        .exitCode()
                == 0;
    }

    @Override
    public void close() {
        HostCommand.require(BOUND, List.of("ip", "netns", "delete", name));
    }
}
