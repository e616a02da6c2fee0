package dev.sternpost.agent.engine;

import dev.sternpost.agent.vmdirectory.VmShape;
import java.nio.file.Path;

/**
 * All that is needed to run a virtual machine.
 *
 * @param shape its shape; every disk has a file name
 * @param directory its directory, absolute
 * @param vmxName base name of its files: the configuration is {@code <vmxName>.vmx}
 * @param generation ownership generation it runs under; kept with the process so that it is found again on adoption
 * @param mode how it begins
 */
public record VmLaunch(VmShape shape, Path directory, String vmxName, long generation, LaunchMode mode) {

    public VmLaunch {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("directory must be absolute: " + directory);
        }
        if (generation < 0) {
            throw new IllegalArgumentException("generation must not be negative");
        }
        shape.disks().forEach(disk -> {
            if (disk.fileName().isEmpty()) {
                throw new IllegalArgumentException(disk.label() + " has no file");
            }
        });
    }

    /** The same virtual machine with its files elsewhere. */
    public VmLaunch at(Path newDirectory, VmShape newShape) {
        return new VmLaunch(newShape, newDirectory, vmxName, generation, mode);
    }

    /** Id of the virtual machine. */
    public String vmId() {
        return shape.vmId();
    }

    /** Where the guest's serial console is appended. */
    public Path consoleLog() {
        return directory.resolve(vmxName + "-serial.log");
    }

    /** The firmware's variables of a UEFI virtual machine. */
    public Path nvram() {
        return directory.resolve(vmxName + ".nvram");
    }
}
