package dev.sternpost.inventory;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The machines that a host can give to guests.
 *
 * @param machineTypes versioned types, newest first; empty while they are not known
 * @param missingFeatures by CPU model, the features of it that the host lacks; a model with none missing can be given
 */
public record GuestMachines(List<String> machineTypes, Map<String, List<String>> missingFeatures) {
    /** Of a host that has not told. */
    public static final GuestMachines UNKNOWN = new GuestMachines(List.of(), Map.of());

    public GuestMachines {
        machineTypes = List.copyOf(machineTypes);
        Map<String, List<String>> copy = new TreeMap<>();
        missingFeatures.forEach((model, missing) -> copy.put(model, List.copyOf(missing)));
        missingFeatures = Collections.unmodifiableMap(copy);
    }

    /** Whether it can give this type of machine; yes while it is not known. */
    public boolean hasMachineType(String machineType) {
        return machineTypes.isEmpty() || machineTypes.contains(machineType);
    }

    /** The features of a CPU model that the host lacks; empty when it has not told of that model. */
    public Optional<List<String>> missing(String cpuModel) {
        return Optional.ofNullable(missingFeatures.get(cpuModel));
    }
}
