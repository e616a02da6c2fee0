package dev.sternpost.agent.engine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an engine is.
 *
 * @param engine "qemu" or "simulated"
 * @param version version of the program that runs the virtual machines, such as "7.2.22"
 * @param accelerator "kvm", "tcg" or "simulated"
 * @param acceleratorReason one sentence: why this accelerator
 * @param cpuModel CPU model the guests see; equal at both ends of a live migration
 * @param machineType versioned machine type the guests see
 * @param machineTypes all it has, newest first
 * @param missingFeatures by CPU model, the features of it that guests cannot be given here
 * @param cpuFeatures CPU features guests can be given here, of those that {@link dev.sternpost.vmotion.baseline.CpuModelTable} knows; empty when it
 *     is not known
 * @param notices things an administrator should know, one sentence each
 */
public record EngineFacts(
        String engine,
        String version,
        String accelerator,
        String acceleratorReason,
        String cpuModel,
        String machineType,
        List<String> machineTypes,
        Map<String, List<String>> missingFeatures,
        List<String> cpuFeatures,
        List<String> notices) {

    public EngineFacts {
        machineTypes = List.copyOf(machineTypes);
        missingFeatures = Collections.unmodifiableMap(new TreeMap<>(missingFeatures));
        cpuFeatures = List.copyOf(cpuFeatures);
        notices = List.copyOf(notices);
    }
}
