package dev.sternpost.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set from outside, {@code sternpost.*}; vcenter-server/README.md describes each for operators.
 *
 * @param home directory with keys and the first password
 */
@ConfigurationProperties("sternpost")
public record ServerSettings(
        @DefaultValue("var/server") Path home,
        @DefaultValue Api api,
        @DefaultValue AgentLink agentLink,
        @DefaultValue Session session,
        @DefaultValue Measurement statistics,
        @DefaultValue Power power,
        @DefaultValue Limit limit) {
    /**
     * The public port.
     *
     * @param names further DNS names and addresses the server is reached under, for its certificate
     */
    public record Api(
            @DefaultValue("127.0.0.1") String address,
            @DefaultValue("7443") int port,
            @DefaultValue List<String> names) {}

    /**
     * The port for agents.
     *
     * @param advertised "host:port" agents are told to dial; empty for the address and port themselves
     */
    public record AgentLink(
            @DefaultValue("127.0.0.1") String address,
            @DefaultValue("7444") int port,
            @DefaultValue("") String advertised) {}

    /** How long logins last. */
    public record Session(
            @DefaultValue("30m") Duration idle,
            @DefaultValue("12h") Duration absolute) {}

    /**
     * What hosts measure.
     *
     * @param interval how often, 1 s to 5 min
     */
    public record Measurement(@DefaultValue("20s") Duration interval) {}

    /**
     * Power management.
     *
     * @param command what hosts whose way to be woken is "command" are woken by; absolute; empty for none
     * @param fenceIpmilan what hosts whose way to be woken is "ipmi" are woken by: a path, or a name that is found by the server's PATH
     */
    public record Power(
            @DefaultValue("") String command,
            @DefaultValue("fence_ipmilan") String fenceIpmilan) {}

    /**
     * What moves may burden at once; more wait for their turn.
     *
     * @param migrationsPerHost live migrations that come to and leave a host: 4 for links of 1 Gbit/s, 8 for 10
     * @param hostCost units of a host: a live migration costs 1, a storage move 4
     * @param datastoreCost units of a datastore: a live migration costs 1, a storage move 16
     */
    public record Limit(
            @DefaultValue("4") int migrationsPerHost,
            @DefaultValue("8") int hostCost,
            @DefaultValue("128") int datastoreCost) {}

    /** Every name and address in the server's certificate. */
    SequencedSet<String> certificateNames() {
        SequencedSet<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1"));
        for (String address : List.of(api.address(), agentLink.address())) {
            if (!address.equals("0.0.0.0") && !address.equals("::")) {
                names.add(address);
            }
        }
        names.addAll(api.names());
        return names;
    }

    /** "host:port" agents are told to dial. */
    String agentLinkAddress(int port) {
        return agentLink.advertised().isEmpty() ? agentLink.address() + ":" + port : agentLink.advertised();
    }
}
