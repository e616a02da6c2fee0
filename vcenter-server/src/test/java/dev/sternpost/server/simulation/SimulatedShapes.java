package dev.sternpost.server.simulation;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.server.host.VmShape;
import java.util.List;
import java.util.UUID;

/** What hosts make of the shapes they are given. */
final class SimulatedShapes {
    private SimulatedShapes() {}

    /** A template. */
    static VmShape tiny() {
        return new VmShape(
                "",
                "tiny",
                new UUID(5, 5),
                1,
                128L << 20,
                Firmware.BIOS,
                List.of(new VirtualDisk("disk0", 64L << 20, DiskProvisioning.THIN, "tiny.qcow2", 4096)),
                List.of(new VmShape.Nic("nic0", "VM Network", "52:54:00:00:00:01")),
                "");
    }

    /** What a guest runs on that has this CPU; not known without one. */
    static GuestHardware hardware(String cpuModel) {
        return cpuModel.isEmpty() ? GuestHardware.UNKNOWN : new GuestHardware("pc-q35-7.2", cpuModel);
    }

    static VmShape withFiles(VmShape shape) {
        List<VirtualDisk> disks = shape.disks().stream()
                .map(disk -> new VirtualDisk(
                        disk.label(), disk.capacityBytes(), disk.provisioning(), disk.label() + ".qcow2", 4096))
                .toList();
        return with(shape, shape.name(), disks);
    }

    static VmShape named(VmShape shape, String name) {
        return with(shape, name, shape.disks());
    }

    private static VmShape with(VmShape shape, String name, List<VirtualDisk> disks) {
        return new VmShape(
                shape.vmId(),
                name,
                shape.uuid(),
                shape.cpuCount(),
                shape.memoryBytes(),
                shape.firmware(),
                disks,
                shape.nics(),
                shape.annotation());
    }
}
