package dev.sternpost.vmotion.baseline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What features a CPU has that a guest is given, by QEMU's description of it: "Nehalem", "Nehalem,+avx,-popcnt". Features go by QEMU's names.
 */
public final class CpuModelTable {
    private static final Map<String, NavigableSet<String>> MODELS = read();
    private static final Set<String> FEATURES = allFeatures();

    private CpuModelTable() {}

    private static Map<String, NavigableSet<String>> read() {
        Map<String, NavigableSet<String>> models = new LinkedHashMap<>();
        CpuModelText.ALL.lines().forEach(line -> {
            int colon = line.indexOf(':');
            models.put(
                    line.substring(0, colon),
                    Collections.unmodifiableNavigableSet(new TreeSet<>(
                            List.of(line.substring(colon + 1).strip().split(" +")))));
        });
        return Collections.unmodifiableMap(models);
    }

    private static Set<String> allFeatures() {
        Set<String> all = new TreeSet<>();
        MODELS.values().forEach(all::addAll);
        return Collections.unmodifiableSet(all);
    }

    /** Every feature that any model has: what is worth knowing of a host. */
    public static Set<String> features() {
        return FEATURES;
    }

    /** The models by name, older ones of a vendor first. */
    public static Set<String> models() {
        return MODELS.keySet();
    }

    /** The features of a CPU so described; empty when its model is not in the table, or the description says more than features. */
    public static Optional<NavigableSet<String>> featuresOf(String description) {
        String[] parts = description.split(",");
        NavigableSet<String> model = MODELS.get(parts[0]);
        if (model == null) {
            return Optional.empty();
        }
        NavigableSet<String> features = new TreeSet<>(model);
        for (String part : List.of(parts).subList(1, parts.length)) {
            if (part.startsWith("+")) {
                features.add(part.substring(1));
            } else if (part.startsWith("-")) {
                features.remove(part.substring(1));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(features);
    }
}
