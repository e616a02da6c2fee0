package dev.sternpost.agent.availability.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine's time since it was switched on, which goes on while it is suspended and is the same for all its processes: leases are counted in
 * it. To a hundredth of a second.
 */
public final class BootClock {

    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private BootClock() {}

    /** Milliseconds since the machine was switched on. */
    public static long millis() {
        String text = read(UPTIME);
        // "12345.67 ...", the first number in hundredths.
        int point = text.indexOf('.');
        long seconds = Long.parseLong(text.substring(0, point));
        return seconds * 1_000 + Long.parseLong(text.substring(point + 1, point + 3)) * 10;
    }

    /** Another one each time the machine is switched on. */
    public static String bootId() {
        return read(BOOT_ID).strip();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException("the machine does not tell its time", e);
        }
    }
}
