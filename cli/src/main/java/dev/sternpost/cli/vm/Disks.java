package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.proto.virtualmachine.v1.DiskProvisioning;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Disks as they are written on the command line: [LABEL=]SIZE[:KIND]. */
final class Disks {
    private static final Pattern DISK = Pattern.compile("(?:([A-Za-z][A-Za-z0-9_-]*)=)?([^:]+)(?::(.+))?");

    private Disks() {}

    /**
     * Reads "1G:thin" or "disk0=2G".
     *
     * @throws IllegalArgumentException when it is no disk
     */
    static VirtualDisk parse(String text) {
        Matcher matcher = DISK.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("write a disk like 1G, 1G:thin or disk0=2G");
        }
        VirtualDisk.Builder disk = VirtualDisk.newBuilder().setCapacityBytes(Sizes.parse(matcher.group(2)));
        if (matcher.group(1) != null) {
            disk.setLabel(matcher.group(1));
        }
        if (matcher.group(3) != null) {
            disk.setProvisioning(kind(matcher.group(3)));
        }
        return disk.build();
    }

    static DiskProvisioning kind(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "thin" -> DiskProvisioning.DISK_PROVISIONING_THIN;
            case "lazy", "thick-lazy", "thick" -> DiskProvisioning.DISK_PROVISIONING_THICK_LAZY_ZEROED;
            case "eager", "thick-eager" -> DiskProvisioning.DISK_PROVISIONING_THICK_EAGER_ZEROED;
            default ->
                throw new IllegalArgumentException(
                        "\"%s\" is no kind of disk; it is thin, lazy or eager".formatted(word));
        };
    }
}
