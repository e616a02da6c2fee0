package dev.sternpost.server.host;

import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.VirtualDisk;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The shape of a VM as an agent needs it: networks by name, since a host knows no inventory ids of networks.
 *
 * @param vmId id in the inventory; empty in answers about a directory nobody has registered
 * @param name display name
 * @param nics network cards in order
 */
public record VmShape(
        String vmId,
        String name,
        UUID uuid,
        int cpuCount,
        long memoryBytes,
        Firmware firmware,
        List<VirtualDisk> disks,
        List<Nic> nics,
        String annotation) {

    /** A network card. */
    public record Nic(String label, String networkName, String macAddress) {
        public Nic {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(networkName, "networkName");
            Objects.requireNonNull(macAddress, "macAddress");
        }
    }

    public VmShape {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(firmware, "firmware");
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        Objects.requireNonNull(annotation, "annotation");
    }
}
