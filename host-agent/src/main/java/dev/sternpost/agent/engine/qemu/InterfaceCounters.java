package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.VmMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counters of the network interfaces that QEMU processes see. All virtual machines of a host share a namespace, so one
 * look through any of them serves all, and is kept for a moment.
 */
final class InterfaceCounters {

    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int RECEIVED_BYTES = 0;
    private static final int RECEIVED_PACKETS = 1;
    private static final int TRANSMITTED_BYTES = 8;
    private static final int TRANSMITTED_PACKETS = 9;

    private Map<String, VmMeters.Network> last = Map.of();
    private @Nullable Long lastNanoTime;

    /**
     * Counters of all interfaces by name, seen from the guests behind them: what a tap receives, a guest has sent.
     *
     * @param pid a process in the namespace
     */
    synchronized Map<String, VmMeters.Network> read(long pid) {
        long now = System.nanoTime();
        if (lastNanoTime == null || now - lastNanoTime > KEPT_NANOS) {
            last = parse(Path.of("/proc/" + pid + "/net/dev"));
            lastNanoTime = now;
        }
        return last;
    }

    static Map<String, VmMeters.Network> parse(Path file) {
        Map<String, VmMeters.Network> counters = new HashMap<>();
        try {
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    String[] fields = line.substring(colon + 1).strip().split("\\s+");
                    counters.put(
                            line.substring(0, colon).strip(),
                            new VmMeters.Network(
                                    Long.parseLong(fields[TRANSMITTED_BYTES]),
                                    Long.parseLong(fields[RECEIVED_BYTES]),
                                    Long.parseLong(fields[TRANSMITTED_PACKETS]),
                                    Long.parseLong(fields[RECEIVED_PACKETS])));
                }
            }
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Map.of();
        }
        return counters;
    }
}
