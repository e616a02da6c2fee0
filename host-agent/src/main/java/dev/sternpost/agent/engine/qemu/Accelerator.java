package dev.sternpost.agent.engine.qemu;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * What QEMU runs guests on.
 *
 * @param name "kvm" or "tcg"
 * @param reason one sentence
 */
record Accelerator(String name, String reason) {

    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Pattern HARDWARE_VIRTUALIZATION = Pattern.compile("(?m)^flags\\s*:.*\\b(vmx|svm)\\b");

    static Accelerator choose(QemuConfig.AcceleratorWish wish) {
        return choose(wish, DEVICE, CPUINFO);
    }

    // A /dev/kvm without vmx or svm emulates guest kernels and is slower than TCG, so opening is not enough.
    static Accelerator choose(QemuConfig.AcceleratorWish wish, Path device, Path cpuInfo) {
        return switch (wish) {
            case KVM -> new Accelerator("kvm", "The configuration asks for KVM.");
            case TCG -> new Accelerator("tcg", "The configuration asks for TCG.");
            case AUTO -> {
                if (!opens(device)) {
                    yield new Accelerator("tcg", "/dev/kvm cannot be opened, so guests are emulated.");
                }
                if (!hasHardwareVirtualization(cpuInfo)) {
                    yield new Accelerator(
                            "tcg",
                            "The processor has neither vmx nor svm, so guests are emulated although /dev/kvm opens.");
                }
                yield new Accelerator("kvm", "/dev/kvm opens and the processor has hardware virtualization.");
            }
        };
    }

    private static boolean opens(Path device) {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasHardwareVirtualization(Path cpuInfo) {
        try {
            return HARDWARE_VIRTUALIZATION.matcher(Files.readString(cpuInfo)).find();
        } catch (IOException e) {
            return false;
        }
    }
}
