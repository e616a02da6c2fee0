package dev.sternpost.agent.engine.qemu;

import dev.sternpost.vmotion.baseline.CpuModelTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The CPUs that guests can be given on a host.
 *
 * @param missingFeatures by CPU model, the features of it that guests cannot be given
 * @param features those they can be given, of all that the table of models knows; empty when QEMU does not tell
 */
record GuestCpus(Map<String, List<String>> missingFeatures, List<String> features) {
    /** Of a QEMU that does not tell. */
    static final GuestCpus UNKNOWN = new GuestCpus(Map.of(), List.of());

    GuestCpus {
        missingFeatures = Collections.unmodifiableMap(new TreeMap<>(missingFeatures));
        features = List.copyOf(features);
    }

    /** What a CPU so described has that guests cannot be given; nothing when that is not known. */
    List<String> missing(String description) {
        var wanted = CpuModelTable.featuresOf(description);
        if (wanted.isEmpty() || features.isEmpty()) {
            return missingFeatures.getOrDefault(description, List.of());
        }
        NavigableSet<String> missing = new TreeSet<>(wanted.get());
        features.forEach(missing::remove);
        return List.copyOf(missing);
    }

    /**
     * A host that is no better than a CPU model, whatever it is: for laboratories whose hosts are one machine.
     *
     * @param model empty for no limit
     * @throws IllegalArgumentException when the model is not known
     */
    GuestCpus limitedTo(String model) {
        if (model.isEmpty()) {
            return this;
        }
        NavigableSet<String> limit = CpuModelTable.featuresOf(model)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--cpu-limit is one of %s, not \"%s\"".formatted(CpuModelTable.models(), model)));
        List<String> left = features.stream().filter(limit::contains).toList();
        Map<String, List<String>> missing = new TreeMap<>(missingFeatures);
        missing.replaceAll((name, before) -> {
            NavigableSet<String> more = new TreeSet<>(before);
            CpuModelTable.featuresOf(name)
                    .ifPresent(wanted -> wanted.stream()
                            .filter(feature -> !limit.contains(feature))
                            .forEach(more::add));
            return new ArrayList<>(more);
        });
        return new GuestCpus(missing, left);
    }

    /** The usual model where guests can be given it, else the one that the host is limited to. */
    String orBest(String usual, String limit) {
        return limit.isEmpty() || missing(usual).isEmpty() ? usual : limit;
    }
}
