package dev.sternpost.ha.policy;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Objects;

/**
 * A virtual machine that is started again when its host fails.
 *
 * @param memoryBytes what its host must have free
 * @param cpuMhz what of the CPU is reserved for it
 * @param dependsOn virtual machines that must be ready before it is started, in the order of ids
 */
public record ProtectedVm(
        VirtualMachineId vmId,
        long memoryBytes,
        long cpuMhz,
        RestartPriority priority,
        IsolationResponse isolation,
        Readiness readiness,
        List<VirtualMachineId> dependsOn) {
    public ProtectedVm {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(readiness, "readiness");
        if (memoryBytes < 1 || cpuMhz < 0) {
            throw new IllegalArgumentException("a virtual machine takes some memory: " + vmId);
        }
        dependsOn = dependsOn.stream().distinct().sorted().toList();
    }

    /** With the settings that most have. */
    public static ProtectedVm usual(VirtualMachineId vmId, long memoryBytes) {
        return new ProtectedVm(
                vmId,
                memoryBytes,
                0,
                RestartPriority.MEDIUM,
                IsolationResponse.LEAVE_ON,
                Readiness.POWERED_ON,
                List.of());
    }

    public ProtectedVm withPriority(RestartPriority newPriority) {
        return new ProtectedVm(vmId, memoryBytes, cpuMhz, newPriority, isolation, readiness, dependsOn);
    }

    public ProtectedVm withIsolation(IsolationResponse newIsolation) {
        return new ProtectedVm(vmId, memoryBytes, cpuMhz, priority, newIsolation, readiness, dependsOn);
    }

    public ProtectedVm withReadiness(Readiness newReadiness) {
        return new ProtectedVm(vmId, memoryBytes, cpuMhz, priority, isolation, newReadiness, dependsOn);
    }

    public ProtectedVm withDependsOn(List<VirtualMachineId> newDependsOn) {
        return new ProtectedVm(vmId, memoryBytes, cpuMhz, priority, isolation, readiness, newDependsOn);
    }
}
