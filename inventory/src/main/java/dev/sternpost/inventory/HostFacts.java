package dev.sternpost.inventory;

import java.util.List;
import java.util.Objects;

/**
 * What a host is, as its agent reported.
 *
 * @param cpuModel model name of the CPU
 * @param cpuCount logical CPUs
 * @param cpuMhz clock of one CPU
 * @param memoryBytes memory of the machine
 * @param accelerator what runs the CPUs of virtual machines
 * @param acceleratorReason why this accelerator, in words
 * @param qemuVersion version of QEMU
 * @param agentVersion version of the agent
 * @param relayAddress "address:port" of the relay for live migration
 * @param notices what an administrator should know, in words
 * @param guestMachines the machines it can give to guests
 */
public record HostFacts(
        String cpuModel,
        int cpuCount,
        int cpuMhz,
        long memoryBytes,
        Accelerator accelerator,
        String acceleratorReason,
        String qemuVersion,
        String agentVersion,
        String relayAddress,
        List<String> notices,
        GuestMachines guestMachines) {
    public HostFacts {
        Objects.requireNonNull(cpuModel, "cpuModel");
        Checks.positive("cpuCount", cpuCount);
        Checks.notNegative("cpuMhz", cpuMhz);
        Checks.positive("memoryBytes", memoryBytes);
        Objects.requireNonNull(accelerator, "accelerator");
        Objects.requireNonNull(acceleratorReason, "acceleratorReason");
        Objects.requireNonNull(qemuVersion, "qemuVersion");
        Objects.requireNonNull(agentVersion, "agentVersion");
        Objects.requireNonNull(relayAddress, "relayAddress");
        notices = List.copyOf(notices);
        // What an earlier release kept has none.
        guestMachines = Objects.requireNonNullElse(guestMachines, GuestMachines.UNKNOWN);
    }

    /** Of a host that has not told what machines it can give. */
    public HostFacts(
            String cpuModel,
            int cpuCount,
            int cpuMhz,
            long memoryBytes,
            Accelerator accelerator,
            String acceleratorReason,
            String qemuVersion,
            String agentVersion,
            String relayAddress,
            List<String> notices) {
        this(
                cpuModel,
                cpuCount,
                cpuMhz,
                memoryBytes,
                accelerator,
                acceleratorReason,
                qemuVersion,
                agentVersion,
                relayAddress,
                notices,
                GuestMachines.UNKNOWN);
    }
}
