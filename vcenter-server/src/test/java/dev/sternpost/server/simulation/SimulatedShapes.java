package dev.sternpost.server.simulation;

import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.server.host.VmShape;
import java.util.List;

/** What hosts make of the shapes they are given. */
final class SimulatedShapes {
    private SimulatedShapes() {}

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
