package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.vmotion.baseline.CpuModelTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks QEMU which CPU models this host can give to guests: a QEMU without a machine, which tells and ends. */
final class CpuModels {
    private static final Logger LOG = LoggerFactory.getLogger(CpuModels.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** The models of processors that were made for servers since there is hardware virtualization, and what is like none that was made. */
    private static final Pattern OF_INTEREST =
            Pattern.compile("(Conroe|Penryn|Nehalem|Westmere|SandyBridge|IvyBridge|Haswell|Broadwell|Skylake-Server"
                    + "|Cascadelake-Server|Cooperlake|Icelake-Server|SapphireRapids|GraniteRapids|Opteron_G[1-5]|EPYC"
                    + "|EPYC-(Rome|Milan|Genoa|Turin))(-noTSX)?(-IBRS|-IBPB)?|qemu64");

    private CpuModels() {}

    /** Nothing is known when QEMU does not tell, which must not keep the agent from starting. */
    static GuestCpus ask(String binary, String accelerator) {
        try {
            String answer = HostCommand.require(
                    TIMEOUT,
                    """
                    {"execute": "qmp_capabilities"}
                    {"execute": "query-cpu-definitions", "id": "models"}
                    {"execute": "query-cpu-model-expansion", "id": "max", "arguments": {"type": "full", "model": {"name": "max"}}}
                    {"execute": "quit"}
                    """,
                    List.of(
                            binary,
                            "-machine",
                            "none",
                            "-accel",
                            accelerator,
                            "-nodefaults",
                            "-no-user-config",
                            "-display",
                            "none",
                            "-qmp",
                            "stdio"));
            return read(answer);
        } catch (FaultException | JacksonException e) {
            LOG.warn("QEMU does not tell which CPU models it can give to guests: {}", e.toString());
            return GuestCpus.UNKNOWN;
        }
    }

    static GuestCpus read(String answer) {
        Map<String, List<String>> missing = new TreeMap<>();
        List<String> features = List.of();
        for (String line : answer.lines().toList()) {
            JsonNode message = Json.parse(line.getBytes(StandardCharsets.UTF_8));
            switch (message.path("id").asString("")) {
                case "models" -> missing.putAll(missingFeatures(message.path("return")));
                case "max" ->
                    features = features(message.path("return").path("model").path("props"));
                default -> {}
            }
        }
        return new GuestCpus(missing, features);
    }

    private static Map<String, List<String>> missingFeatures(JsonNode models) {
        Map<String, List<String>> missing = new TreeMap<>();
        for (JsonNode model : models) {
            String name = model.path("name").asString("");
            if (OF_INTEREST.matcher(name).matches()) {
                TreeSet<String> features = new TreeSet<>();
                model.path("unavailable-features").forEach(each -> features.add(each.asString("")));
                missing.put(name, List.copyOf(features));
            }
        }
        return missing;
    }

    /** Of all properties of the best CPU there is here, the features that it has. */
    private static List<String> features(JsonNode properties) {
        return CpuModelTable.features().stream()
                .filter(feature -> properties.path(feature).asBoolean(false))
                .toList();
    }
}
