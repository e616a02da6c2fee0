package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.VmAllocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An allocation as the files of a control group, v1 or v2: whichever of them are there. A limit is a quota of CPU time in
 * each short period; weights alone would do nothing among groups on several CPUs that a common quota holds back.
 */
final class GroupLimits {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLimits.class);

    /** Short, since a guest that used its quota up stands still until the next one; ten slices of the scheduler's own. */
    private static final long PERIOD_MICROS = 50_000;

    /** The kernel takes no less: a fiftieth of a CPU. */
    private static final long QUOTA_MICROS_MIN = 1_000;

    private static final String V1_PERIOD = "cpu.cfs_period_us";
    private static final String V1_QUOTA = "cpu.cfs_quota_us";
    private static final String V2_QUOTA = "cpu.max";
    private static final long V1_SHARES_USUAL = 1_024;
    private static final long V1_SHARES_MAX = 262_144;
    private static final long V2_WEIGHT_USUAL = 100;
    private static final long V2_WEIGHT_MAX = 10_000;
    /** Of one virtual CPU, which is to weigh as much as a group usually does. */
    private static final long SHARES_USUAL = 1_000;

    private GroupLimits() {}

    static void write(Path group, VmAllocation allocation) {
        boolean limited = allocation.cpuLimitPermille() != VmAllocation.NONE;
        long quotaMicros = Math.max(QUOTA_MICROS_MIN, allocation.cpuLimitPermille() * PERIOD_MICROS / 1000);
        write(group, V1_PERIOD, Long.toString(PERIOD_MICROS));
        write(group, V1_QUOTA, limited ? Long.toString(quotaMicros) : "-1");
        write(group, V2_QUOTA, (limited ? Long.toString(quotaMicros) : "max") + " " + PERIOD_MICROS);
        long shares = allocation.cpuShares() == VmAllocation.NONE ? SHARES_USUAL : allocation.cpuShares();
        write(group, "cpu.shares", scaled(shares, V1_SHARES_USUAL, V1_SHARES_MAX));
        write(group, "cpu.weight", scaled(shares, V2_WEIGHT_USUAL, V2_WEIGHT_MAX));
        boolean marked = allocation.memorySoftLimitBytes() != VmAllocation.NONE;
        String bytes = Long.toString(allocation.memorySoftLimitBytes());
        write(group, "memory.soft_limit_in_bytes", marked ? bytes : "-1");
        // Not memory.high: that slows its processes down whether the host is short or not. What is below memory.low is
        // spared: all of a
        // VM, but of a marked one only what it is entitled to.
        write(group, "memory.low", marked ? bytes : "max");
    }

    private static String scaled(long shares, long usual, long most) {
        return Long.toString(Math.clamp(shares * usual / SHARES_USUAL, 2, most));
    }

    /** The limit the kernel has for a group; NONE for none. */
    static long cpuLimitPermille(Path group) {
        try {
            if (Files.exists(group.resolve(V2_QUOTA))) {
                String[] words = text(group.resolve(V2_QUOTA)).split(" ");
                return permille(words[0].equals("max") ? -1 : Long.parseLong(words[0]), Long.parseLong(words[1]));
            }
            if (Files.exists(group.resolve(V1_QUOTA))) {
                return permille(
                        Long.parseLong(text(group.resolve(V1_QUOTA))), Long.parseLong(text(group.resolve(V1_PERIOD))));
            }
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            LOG.debug("no limit to be read in {}: {}", group, e.toString());
        }
        return VmAllocation.NONE;
    }

    private static long permille(long quotaMicros, long periodMicros) {
        return quotaMicros < 0 ? VmAllocation.NONE : quotaMicros * 1000 / periodMicros;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }

    private static void write(Path group, String name, String value) {
        Path file = group.resolve(name);
        if (!Files.exists(file)) {
            return;
        }
        try {
            Files.writeString(file, value, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            LOG.warn("{} cannot be set to {}: {}", file, value, e.toString());
        }
    }
}
