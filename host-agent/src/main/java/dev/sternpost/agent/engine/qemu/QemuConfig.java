package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.vmdirectory.FileOwner;
import java.nio.file.Path;

/**
 * How this host runs QEMU.
 *
 * @param runDirectory for sockets; short, since a socket's path has at most 107 bytes
 * @param networkNamespace namespace QEMU runs in; empty for the agent's own
 * @param owner the user QEMU runs as
 * @param accelerator wish
 * @param cpuModel CPU model the guests see; empty for the default
 * @param cpuLimit model that the host's CPU is taken to be no better than; empty for what it is
 */
public record QemuConfig(
        Path runDirectory,
        String networkNamespace,
        FileOwner owner,
        AcceleratorWish accelerator,
        String cpuModel,
        String cpuLimit) {

    private static final int RUN_DIRECTORY_BYTES_MAX = 60;

    public QemuConfig {
        if (!runDirectory.isAbsolute() || runDirectory.toString().length() > RUN_DIRECTORY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the run directory must be absolute and at most 60 characters long: " + runDirectory);
        }
        if (!networkNamespace.matches("[A-Za-z0-9_.-]{0,64}") || !cpuModel.matches("[A-Za-z0-9_.,=+-]{0,200}")) {
            throw new IllegalArgumentException("not a network namespace or not a CPU model");
        }
    }

    /** Of a host that is taken for what it is. */
    public QemuConfig(
            Path runDirectory, String networkNamespace, FileOwner owner, AcceleratorWish accelerator, String cpuModel) {
        this(runDirectory, networkNamespace, owner, accelerator, cpuModel, "");
    }

    /** What an administrator wants QEMU to run on. */
    public enum AcceleratorWish {
        /** KVM when it works and the processor has hardware virtualization, else TCG. */
        AUTO,
        KVM,
        TCG
    }
}
