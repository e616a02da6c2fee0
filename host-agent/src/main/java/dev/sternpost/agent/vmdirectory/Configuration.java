package dev.sternpost.agent.vmdirectory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The mapping between a {@link VmShape} and the lines of a {@code .vmx} file. */
final class Configuration {

    private static final Pattern DEVICE_KEY = Pattern.compile("(virtio0:|ethernet)[0-9]+\\..*");
    private static final String MACHINE_KEY = "sternpost.machineType";
    private static final String CPU_KEY = "sternpost.cpuModel";
    private static final long MIB = 1 << 20;

    private Configuration() {}

    /** Reads the shape; numbers of allocated bytes are 0. */
    static VmShape read(VmxText text, String where) {
        try {
            return new VmShape(
                    require(text, "sternpost.vmId"),
                    require(text, "displayName"),
                    UUID.fromString(require(text, "uuid.bios")),
                    Integer.parseInt(require(text, "numvcpus")),
                    Math.multiplyExact(Long.parseLong(require(text, "memSize")), MIB),
                    Firmware.ofWord(text.find("firmware").orElse("bios").toLowerCase(Locale.ROOT)),
                    devices(VmShape.DISKS_MAX, index -> disk(text, index)),
                    devices(VmShape.NICS_MAX, index -> nic(text, index)),
                    text.find("annotation").orElse(""),
                    new VmHardware(
                            text.find(MACHINE_KEY).orElse(""),
                            text.find(CPU_KEY).orElse("")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw VmxText.unreadable(where + ": " + e.getMessage());
        }
    }

    /** Writes the shape into the text; lines that belong to nothing here are kept. */
    static void write(VmShape shape, VmxText text) {
        if (text.find("config.version").isEmpty()) {
            text.set(".encoding", "UTF-8");
            text.set("config.version", "1");
        }
        text.set("sternpost.vmId", shape.vmId());
        text.set("displayName", shape.name());
        text.set("uuid.bios", shape.uuid().toString());
        text.set("numvcpus", Integer.toString(shape.cpuCount()));
        text.set("memSize", Long.toString(shape.memoryBytes() / MIB));
        text.set("firmware", shape.firmware().word());
        text.set("annotation", shape.annotation());
        // A wish says nothing of it: then what was fixed stays.
        if (shape.hardware().isFixed()) {
            text.set(MACHINE_KEY, shape.hardware().machineType());
            text.set(CPU_KEY, shape.hardware().cpuModel());
        }
        text.removeKeys(key -> isGone(key, shape));
        for (int i = 0; i < shape.disks().size(); i++) {
            DiskShape disk = shape.disks().get(i);
            text.set(diskKey(i, "label"), disk.label());
            text.set(diskKey(i, "fileName"), disk.fileName());
            text.set(diskKey(i, "capacityBytes"), Long.toString(disk.capacityBytes()));
            text.set(diskKey(i, "provisioning"), disk.provisioning().word());
        }
        for (int i = 0; i < shape.nics().size(); i++) {
            NicShape nic = shape.nics().get(i);
            text.set(nicKey(i, "label"), nic.label());
            text.set(nicKey(i, "networkName"), nic.network());
            text.set(nicKey(i, "address"), nic.macAddress());
        }
    }

    private static boolean isGone(String key, VmShape shape) {
        if (!DEVICE_KEY.matcher(key).matches()) {
            return false;
        }
        boolean disk = key.startsWith("virtio0:");
        String digits = key.substring(disk ? "virtio0:".length() : "ethernet".length(), key.indexOf('.'));
        int count = disk ? shape.disks().size() : shape.nics().size();
        return digits.length() > 4 || Integer.parseInt(digits) >= count;
    }

    private static Optional<DiskShape> disk(VmxText text, int index) {
        return text.find(diskKey(index, "fileName"))
                .map(fileName -> new DiskShape(
                        text.find(diskKey(index, "label")).orElse("disk" + index),
                        Long.parseLong(require(text, diskKey(index, "capacityBytes"))),
                        Provisioning.ofWord(
                                text.find(diskKey(index, "provisioning")).orElse("thin")),
                        Names.checkFileName(fileName, diskKey(index, "fileName")),
                        0));
    }

    private static Optional<NicShape> nic(VmxText text, int index) {
        return text.find(nicKey(index, "networkName"))
                .map(network -> new NicShape(
                        text.find(nicKey(index, "label")).orElse("nic" + index),
                        network,
                        require(text, nicKey(index, "address"))));
    }

    private static <T> List<T> devices(int countMax, IntFunction<Optional<T>> read) {
        List<T> devices = new ArrayList<>();
        for (int i = 0; i < countMax; i++) {
            read.apply(i).ifPresent(devices::add);
        }
        return devices;
    }

    private static String require(VmxText text, String key) {
        Supplier<IllegalArgumentException> missing = () -> new IllegalArgumentException(key + " is missing");
        return text.find(key).orElseThrow(missing);
    }

    private static String diskKey(int index, String field) {
        return "virtio0:" + index + "." + field;
    }

    private static String nicKey(int index, String field) {
        return "ethernet" + index + "." + field;
    }
}
