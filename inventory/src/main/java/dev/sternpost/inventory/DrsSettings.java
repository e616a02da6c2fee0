package dev.sternpost.inventory;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a cluster is balanced.
 *
 * @param enabled whether it is at all
 * @param automation what is done with recommendations; never {@link AutomationLevel#DISABLED}, which is for single
 *     virtual machines
 * @param threshold from {@value #THRESHOLD_MIN}, only what rules and maintenance demand, to {@value #THRESHOLD_MAX}, every
 *     move that is worth its cost
 * @param intervalSeconds how long it is from one pass to the next
 * @param overrides virtual machines with a level of their own, in the order of ids; those that are gone do not count
 */
public record DrsSettings(
        boolean enabled, AutomationLevel automation, int threshold, int intervalSeconds, List<VmOverride> overrides) {
    /** Most conservative threshold. */
    public static final int THRESHOLD_MIN = 1;

    /** Most aggressive threshold. */
    public static final int THRESHOLD_MAX = 5;

    /** Shortest interval. */
    public static final int INTERVAL_SECONDS_MIN = 5;

    /** Longest interval. */
    public static final int INTERVAL_SECONDS_MAX = 3_600;

    /** Recommends and places, moves nothing by itself. */
    public static final DrsSettings DEFAULT =
            new DrsSettings(true, AutomationLevel.PARTIALLY_AUTOMATED, 3, 60, List.of());

    /** The level of one virtual machine. */
    public record VmOverride(VirtualMachineId vmId, AutomationLevel automation) {
        public VmOverride {
            Objects.requireNonNull(vmId, "vmId");
            Objects.requireNonNull(automation, "automation");
        }
    }

    public DrsSettings {
        if (automation == AutomationLevel.DISABLED) {
            throw new IllegalArgumentException("a cluster that is not balanced is not enabled");
        }
        if (threshold < THRESHOLD_MIN || threshold > THRESHOLD_MAX) {
            throw new IllegalArgumentException("threshold " + threshold);
        }
        if (intervalSeconds < INTERVAL_SECONDS_MIN || intervalSeconds > INTERVAL_SECONDS_MAX) {
            throw new IllegalArgumentException("interval of " + intervalSeconds + " s");
        }
        overrides = overrides.stream()
                .sorted(Comparator.comparing(VmOverride::vmId))
                .toList();
    }

    /** What is done with recommendations about one virtual machine. */
    public AutomationLevel automationOf(VirtualMachineId vmId) {
        return overrideOf(vmId).orElse(automation);
    }

    /** The level of a virtual machine that has its own. */
    public Optional<AutomationLevel> overrideOf(VirtualMachineId vmId) {
        return overrides.stream()
                .filter(override -> override.vmId().equals(vmId))
                .map(VmOverride::automation)
                .findFirst();
    }

    public DrsSettings withOverrides(List<VmOverride> newOverrides) {
        return new DrsSettings(enabled, automation, threshold, intervalSeconds, newOverrides);
    }
}
