package dev.sternpost.inventory;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The machines that a host can give to guests.
 *
 * @param machineTypes versioned types, newest first; empty while they are not known
 * @param missingFeatures by CPU model, the features of it that the host lacks; a model with none missing can be given
 * @param cpuFeatures CPU features it can give, by QEMU's names and in their order; empty while they are not known
 * @param cpuVendor what its CPU calls its vendor, such as "GenuineIntel"; empty while it is not known
 */
public record GuestMachines(
        List<String> machineTypes,
        Map<String, List<String>> missingFeatures,
        List<String> cpuFeatures,
        String cpuVendor) {
    /** Of a host that has not told. */
    public static final GuestMachines UNKNOWN = new GuestMachines(List.of(), Map.of());

    public GuestMachines {
        machineTypes = List.copyOf(machineTypes);
        Map<String, List<String>> copy = new TreeMap<>();
        missingFeatures.forEach((model, missing) -> copy.put(model, List.copyOf(missing)));
        missingFeatures = Collections.unmodifiableMap(copy);
        // What an earlier release kept has neither. Thousands of hosts say the same words, so each word is kept once.
        cpuFeatures = cpuFeatures == null
                ? List.of()
                : cpuFeatures.stream().map(String::intern).distinct().sorted().toList();
        cpuVendor = Objects.requireNonNullElse(cpuVendor, "");
    }

    /** Of a host that has not told its CPU features. */
    public GuestMachines(List<String> machineTypes, Map<String, List<String>> missingFeatures) {
        this(machineTypes, missingFeatures, List.of(), "");
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
