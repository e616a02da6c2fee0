package dev.sternpost.agent.main;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * The settings of an agent. Each may be given, from weak to strong, in a properties file ({@code --config}), as a system
 * property ({@code -Dsternpost.agent.<name>}) or as an argument ({@code --<name> VALUE}). Settings that may be given several
 * times ({@code datastore}) are separated by commas in a file.
 *
 * @param home directory of identity and ledger
 * @param runDirectory directory for sockets; short
 * @param server "host:port" of the server's API, for enrolment
 * @param tokenFile file with the one-time enrolment token
 * @param relay where to listen for other hosts' agents
 * @param datastores directories by name
 * @param vmUid user virtual machines run as when the agent is root
 * @param namespace network namespace of the host; empty for the agent's own
 * @param bridge bridge that virtual machines join
 * @param uplink interface that joins the bridge to the outside; empty for none
 * @param networkMode how virtual machines reach the network
 * @param network name of the network, equal on all hosts of the segment
 * @param engine "qemu" or "simulated"
 * @param accelerator "auto", "kvm" or "tcg"
 * @param cpuModel CPU model the guests see; empty for the default
 * @param cpuLimit model that this host's CPU is taken to be no better than, for laboratories; empty for what it is
 * @param powerOffCommand program and arguments that switch this machine off, for stand-by; run without a shell
 * @param watchdog device of the machine's watchdog, kept by high availability's guard; empty for none
 */
record Settings(
        Path home,
        Path runDirectory,
        String server,
        Optional<Path> tokenFile,
        InetSocketAddress relay,
        Map<String, Path> datastores,
        int vmUid,
        String namespace,
        String bridge,
        String uplink,
        NetworkMode networkMode,
        String network,
        String engine,
        String accelerator,
        String cpuModel,
        String cpuLimit,
        List<String> powerOffCommand,
        String watchdog) {

    /** How virtual machines reach the network. */
    enum NetworkMode {
        BRIDGE,
        USER
    }

    private static final String PROPERTY_PREFIX = "sternpost.agent.";
    private static final List<String> NAMES = List.of(
            "home",
            "run",
            "server",
            "enrolment-token-file",
            "relay",
            "datastore",
            "vm-uid",
            "netns",
            "bridge",
            "uplink",
            "network-mode",
            "network",
            "engine",
            "accelerator",
            "cpu-model",
            "cpu-limit",
            "power-off-command",
            "watchdog",
            "config");

    static final String USAGE = """
            usage: sternpost-host-agent --home DIR --run DIR [SETTING VALUE]...
              --home DIR                   identity and ledger
              --run DIR                    sockets; at most 60 characters
              --server HOST:PORT           the server's API, for enrolment (127.0.0.1:7443)
              --enrolment-token-file FILE  one-time token; read when the host has not enrolled
              --relay ADDRESS:PORT         where other hosts' agents connect (127.0.0.1:7450)
              --datastore NAME=DIR         a datastore; may be given several times
              --network-mode bridge|user   bridge when root, else user
              --network NAME               name of the network (VM Network)
              --netns NAME                 network namespace that virtual machines run in
              --bridge NAME                bridge in it; made when it is not there (br0)
              --uplink NAME                interface that joins the bridge to the outside
              --vm-uid NUMBER              user virtual machines run as when the agent is root (64055)
              --engine qemu|simulated      simulated runs nothing real (qemu)
              --accelerator auto|kvm|tcg   (auto)
              --cpu-model NAME             CPU model the guests see
              --cpu-limit NAME             take this host for one with this CPU model, no better; for laboratories
              --power-off-command COMMAND  switches this machine off, for stand-by; no shell (systemctl poweroff)
              --watchdog DEVICE            the machine's watchdog, kept by the guard of high availability (none)
              --config FILE                a properties file with the settings above
            """;

    /**
     * @throws IllegalArgumentException saying what is wrong
     */
    static Settings read(String[] arguments, Properties system, boolean root) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        Map<String, List<String>> fromArguments = arguments(arguments);
        Optional.ofNullable(fromArguments.get("config")).ifPresent(file -> given.putAll(file(Path.of(file.getLast()))));
        for (String name : NAMES) {
            String value = system.getProperty(PROPERTY_PREFIX + name);
            if (value != null) {
                given.put(name, split(name, value));
            }
        }
        given.putAll(fromArguments);
        return new Reader(given).settings(root);
    }

    private static Map<String, List<String>> arguments(String[] arguments) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("--")) {
                throw new IllegalArgumentException("\"" + argument + "\" is not a setting");
            }
            int equals = argument.indexOf('=');
            String name = checkName(equals < 0 ? argument.substring(2) : argument.substring(2, equals));
            if (equals < 0 && i + 1 == arguments.length) {
                throw new IllegalArgumentException("--" + name + " lacks its value");
            }
            String value = equals < 0 ? arguments[++i] : argument.substring(equals + 1);
            given.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        return given;
    }

    private static Map<String, List<String>> file(Path file) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("the settings file cannot be read: " + e, e);
        }
        Map<String, List<String>> given = new LinkedHashMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> given.put(checkName(name), split(name, properties.getProperty(name))));
        return given;
    }

    private static List<String> split(String name, String value) {
        return name.equals("datastore") ? List.of(value.split("\\s*,\\s*")) : List.of(value.strip());
    }

    private static String checkName(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("there is no setting \"" + name + "\"");
        }
        return name;
    }

    /** Makes typed settings of what was given. */
    private record Reader(Map<String, List<String>> given) {

        Settings settings(boolean root) {
            return new Settings(
                    path("home"),
                    path("run"),
                    text("server", () -> "127.0.0.1:7443"),
                    Optional.ofNullable(given.get("enrolment-token-file")).map(value -> Path.of(value.getLast())),
                    address("relay", "127.0.0.1:7450"),
                    datastores(),
                    number("vm-uid", 64055),
                    text("netns", () -> ""),
                    text("bridge", () -> "br0"),
                    text("uplink", () -> ""),
                    mode(root),
                    text("network", () -> "VM Network"),
                    oneOf("engine", List.of("qemu", "simulated")),
                    oneOf("accelerator", List.of("auto", "kvm", "tcg")),
                    text("cpu-model", () -> ""),
                    text("cpu-limit", () -> ""),
                    words("power-off-command", "systemctl poweroff"),
                    text("watchdog", () -> ""));
        }

        private String text(String name, Supplier<String> otherwise) {
            List<String> values = given.get(name);
            return values == null ? otherwise.get() : values.getLast();
        }

        private List<String> words(String name, String otherwise) {
            List<String> words = List.of(text(name, () -> otherwise).strip().split("\\s+"));
            if (words.getFirst().isEmpty()) {
                throw new IllegalArgumentException("--" + name + " names no program");
            }
            return words;
        }

        private Path path(String name) {
            return Path.of(text(name, () -> {
                        throw new IllegalArgumentException("--" + name + " is missing");
                    }))
                    .toAbsolutePath()
                    .normalize();
        }

        private int number(String name, int otherwise) {
            String value = text(name, () -> Integer.toString(otherwise));
            try {
                int number = Integer.parseInt(value);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new IllegalArgumentException("--" + name + " is a number, not \"" + value + "\"");
        }

        private InetSocketAddress address(String name, String otherwise) {
            String value = text(name, () -> otherwise);
            int colon = value.lastIndexOf(':');
            try {
                return new InetSocketAddress(value.substring(0, colon), Integer.parseInt(value.substring(colon + 1)));
            } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
                throw new IllegalArgumentException("--" + name + " is ADDRESS:PORT, not \"" + value + "\"", e);
            }
        }

        private Map<String, Path> datastores() {
            Map<String, Path> paths = new LinkedHashMap<>();
            for (String value : given.getOrDefault("datastore", List.of())) {
                int equals = value.indexOf('=');
                if (equals <= 0 || equals == value.length() - 1) {
                    throw new IllegalArgumentException("--datastore is NAME=DIRECTORY, not \"" + value + "\"");
                }
                paths.put(
                        value.substring(0, equals),
                        Path.of(value.substring(equals + 1)).toAbsolutePath().normalize());
            }
            return paths;
        }

        private NetworkMode mode(boolean root) {
            return switch (text("network-mode", () -> root ? "bridge" : "user")) {
                case "bridge" -> NetworkMode.BRIDGE;
                case "user" -> NetworkMode.USER;
                default -> throw new IllegalArgumentException("--network-mode is bridge or user");
            };
        }

        private String oneOf(String name, List<String> words) {
            String value = text(name, words::getFirst);
            if (!words.contains(value)) {
                throw new IllegalArgumentException("--" + name + " is one of " + words + ", not \"" + value + "\"");
            }
            return value;
        }
    }
}
