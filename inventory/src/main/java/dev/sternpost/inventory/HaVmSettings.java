package dev.sternpost.inventory;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How high availability treats one virtual machine, where that differs from the rest of its cluster.
 *
 * @param priority which are started first
 * @param isolation what an isolated host does with it; null for what the cluster says
 * @param readiness when it counts as up for those that wait for it
 * @param readyAfterMillis how long after that
 * @param dependsOn virtual machines that must be ready before it is started, in the order of ids
 * @param monitoring whether its guest is reset when it hangs; null for what the cluster says
 */
public record HaVmSettings(
        VirtualMachineId vmId,
        Priority priority,
        @Nullable HaIsolationResponse isolation,
        Readiness readiness,
        long readyAfterMillis,
        List<VirtualMachineId> dependsOn,
        @Nullable Boolean monitoring) {
    /** Longest time that others can be made to wait after a virtual machine is up: an hour. */
    public static final long READY_AFTER_MILLIS_MAX = 3_600_000;

    /** Most virtual machines that one can be made to wait for. */
    public static final int DEPENDS_ON_MAX = 100;

    /** Which are started first. */
    public enum Priority {
        HIGHEST,
        HIGH,
        MEDIUM,
        LOW,
        LOWEST,
        /** Not started again at all. */
        DISABLED
    }

    /** When a virtual machine counts as up. */
    public enum Readiness {
        POWERED_ON,
        GUEST_HEARTBEAT
    }

    public HaVmSettings {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(readiness, "readiness");
        if (readyAfterMillis < 0 || readyAfterMillis > READY_AFTER_MILLIS_MAX) {
            throw new IllegalArgumentException("ready after " + readyAfterMillis + " ms");
        }
        dependsOn = dependsOn.stream().distinct().sorted().toList();
        if (dependsOn.size() > DEPENDS_ON_MAX || dependsOn.contains(vmId)) {
            throw new IllegalArgumentException("waits for itself or for more than " + DEPENDS_ON_MAX);
        }
    }

    /** As most are. */
    public static HaVmSettings usual(VirtualMachineId vmId) {
        return new HaVmSettings(vmId, Priority.MEDIUM, null, Readiness.POWERED_ON, 0, List.of(), null);
    }

    /** Whether nothing about it is special. */
    public boolean isUsual() {
        return equals(usual(vmId));
    }
}
