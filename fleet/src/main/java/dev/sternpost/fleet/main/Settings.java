package dev.sternpost.fleet.main;

import dev.sternpost.fleet.host.Latency;
import dev.sternpost.fleet.population.Layout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a fleet, given as arguments ({@code --name VALUE}).
 *
 * @param home directory of identities, journal and status
 * @param server "host:port" of the server's API
 * @param caFile the installation's CA certificate
 * @param user who populates the inventory
 * @param passwordFile file with that user's password
 * @param layout hosts and virtual machines
 * @param latency how long hosts take
 */
public record Settings(
        Path home, String server, Path caFile, String user, Path passwordFile, Layout layout, Latency latency) {
    private static final Set<String> NAMES = Set.of(
            "home",
            "server",
            "ca",
            "user",
            "password-file",
            "hosts",
            "vms-per-host",
            "hosts-per-cluster",
            "datastores-per-cluster",
            "seed",
            "latency-factor");

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    static Settings of(List<String> arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i).startsWith("--") ? arguments.get(i).substring(2) : "";
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("there is no setting " + arguments.get(i));
            }
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("--" + name + " needs a value");
            }
            given.put(name, arguments.get(i + 1));
        }
        return new Settings(
                Path.of(required(given, "home")),
                given.getOrDefault("server", "127.0.0.1:7443"),
                Path.of(required(given, "ca")),
                given.getOrDefault("user", "administrator"),
                Path.of(required(given, "password-file")),
                new Layout(
                        number(given, "hosts", 20),
                        number(given, "vms-per-host", 10),
                        number(given, "hosts-per-cluster", 96),
                        number(given, "datastores-per-cluster", 4),
                        number(given, "seed", 1)),
                new Latency(decimal(given, "latency-factor", 1)));
    }

    private static String required(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        try {
            return Integer.parseInt(given.getOrDefault(name, String.valueOf(otherwise)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is a whole number, not " + given.get(name), e);
        }
    }

    private static double decimal(Map<String, String> given, String name, double otherwise) {
        try {
            return Double.parseDouble(given.getOrDefault(name, String.valueOf(otherwise)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is a number, not " + given.get(name), e);
        }
    }
}
