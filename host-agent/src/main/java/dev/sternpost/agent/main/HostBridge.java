package dev.sternpost.agent.main;

import dev.sternpost.agent.process.HostCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The bridge inside a host that its virtual machines join. Made once; left alone when it is there. */
final class HostBridge {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private HostBridge() {}

    /** Makes sure that the bridge is there, is up, and has the uplink as a port. */
    static void ensure(String namespace, String bridge, String uplink) {
        if (HostCommand.run(TIMEOUT, "", ip(namespace, "link", "show", "dev", bridge))
                        .exitCode()
                != 0) {
            HostCommand.require(
                    TIMEOUT,
                    ip(
                            namespace,
                            "link",
                            "add",
                            "name",
                            bridge,
                            "type",
                            "bridge",
                            "stp_state",
                            "0",
                            "forward_delay",
                            "0"));
        }
        HostCommand.require(TIMEOUT, ip(namespace, "link", "set", "dev", bridge, "up"));
        if (!uplink.isEmpty()) {
            HostCommand.require(TIMEOUT, ip(namespace, "link", "set", "dev", uplink, "master", bridge, "up"));
        }
    }

    private static List<String> ip(String namespace, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        if (!namespace.isEmpty()) {
            command.addAll(List.of("-n", namespace));
        }
        command.addAll(List.of(arguments));
        return command;
    }
}
