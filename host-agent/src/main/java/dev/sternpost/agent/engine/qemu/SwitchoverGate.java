package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.inventory.fault.FaultException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Decides when QEMU may stop the guest for the switch-over.
 *
 * <p>QEMU (migration_iteration_run in its migration/migration.c) ends pre-copy by itself once what is pending is below a
 * threshold of measured bandwidth times the parameter downtime-limit, and it reads the dirty bitmap again only when the
 * memory left is below that threshold. Two things make this controllable. A dirty bitmap of a disk that does not exist
 * is migrated along; during pre-copy QEMU counts all of its {@value #GATE_BITS} bits as bytes pending, so the threshold
 * must exceed that before the guest is stopped. And with a downtime-limit of 0 the bitmap of the memory is not read at
 * all. So:
 *
 * <ul>
 *   <li>copying: full bandwidth, limit 0: one round, then QEMU idles with nothing left;
 *   <li>holding: one page per 100 ms, limit {@value #LIMIT_MILLIS_HOLDING} ms: the threshold is some bytes, far below the
 *       gate, and the memory's bitmap is read about once per round of that trickle;
 *   <li>open: full bandwidth, and a limit that carries the pause wanted and the gate.
 * </ul>
 */
final class SwitchoverGate {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchoverGate.class);

    static final String NODE = "gate";
    static final int GATE_BITS = 64 << 10;
    static final int GATE_GRANULARITY_BYTES = 512;

    private static final long BANDWIDTH_UNLIMITED = 100_000_000_000L;
    // Below one page per QEMU's window of 100 ms; 0 would mean unlimited.
    private static final long BANDWIDTH_TRICKLE = 10;
    // At a trickle of 8 bytes per window the threshold still becomes some bytes; at a page per window 4 KiB.
    private static final long LIMIT_MILLIS_HOLDING = 100;
    private static final long LIMIT_EXTRA_MILLIS_MAX = 10_000;
    // Two of QEMU's windows: then its measure is of the time after the last change.
    private static final long MEASURE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Monitor monitor;
    private long bandwidth = BANDWIDTH_UNLIMITED;
    private long openedNanoTime;
    private long settlingNanoTime;

    SwitchoverGate(Monitor monitor) {
        this.monitor = monitor;
    }

    /** The disk that carries the gate; on the command line of both ends. */
    static JsonNode disk() {
        return Json.object(
                "driver",
                "null-co",
                "node-name",
                NODE,
                "size",
                (long) GATE_BITS * GATE_GRANULARITY_BYTES,
                "read-zeroes",
                true);
    }

    /** Puts the gate up. */
    void prepare(long bandwidthBytesPerSecond) {
        bandwidth = bandwidthBytesPerSecond == 0 ? BANDWIDTH_UNLIMITED : bandwidthBytesPerSecond;
        try {
            monitor.execute("block-dirty-bitmap-remove", "node", NODE, "name", NODE);
        } catch (FaultException e) {
            LOG.trace("no gate of an earlier migration: {}", e.toString());
        }
        monitor.execute("block-dirty-bitmap-add", "node", NODE, "name", NODE, "granularity", GATE_GRANULARITY_BYTES);
    }

    void copy() {
        set(bandwidth, 0);
    }

    void settle() {
        settlingNanoTime = System.nanoTime();
        set(BANDWIDTH_TRICKLE, 0);
    }

    /** Whether QEMU's measured bandwidth is so low that the limit of holding stays far below the gate. */
    boolean settled(long measuredBytesPerSecond) {
        return System.nanoTime() - settlingNanoTime >= MEASURE_NANOS
                && measuredBytesPerSecond > 0
                && measuredBytesPerSecond * LIMIT_MILLIS_HOLDING / 1000 < GATE_BITS / 8;
    }

    void hold() {
        set(BANDWIDTH_TRICKLE, LIMIT_MILLIS_HOLDING);
    }

    void open(long downtimeMillis) {
        openedNanoTime = System.nanoTime();
        set(bandwidth, downtimeMillis);
    }

    /** Adds to the limit what the gate itself takes at the bandwidth measured since it was opened. */
    void adjust(long measuredBytesPerSecond, long downtimeMillis) {
        if (System.nanoTime() - openedNanoTime < MEASURE_NANOS) {
            return;
        }
        long extraMillis = GATE_BITS * 1000L / Math.max(1, measuredBytesPerSecond) + 1;
        set(bandwidth, downtimeMillis + Math.min(extraMillis, LIMIT_EXTRA_MILLIS_MAX));
    }

    private void set(long bytesPerSecond, long downtimeMillis) {
        monitor.execute("migrate-set-parameters", "max-bandwidth", bytesPerSecond, "downtime-limit", downtimeMillis);
    }
}
