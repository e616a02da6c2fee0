package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Looks how much memory a guest dirties, by QEMU's comparison of some pages before and after; a short look and a longer one by
 * turns, since only both tell the hot set from the rate. (QEMU's other ways, by bitmap and by ring, crash it under emulation.) One look is
 * begun with each reading and read with the next.
 */
final class DirtyLook {

    private static final Logger LOG = LoggerFactory.getLogger(DirtyLook.class);
    private static final Duration MONITOR_TIMEOUT = Duration.ofSeconds(1);
    private static final int SHORT_SECONDS = 1;
    private static final int LONG_SECONDS = 4;
    /** The most QEMU takes, of each GiB. */
    private static final int SAMPLE_PAGES = 4096;

    private static final int MIB_SHIFT = 20;

    private final Monitor monitor;
    private boolean longer;

    DirtyLook(Monitor monitor) {
        this.monitor = monitor;
    }

    /** What the look found that was begun at the last reading; untold while there is none. */
    VmMeters.Dirtied read(boolean migrating) {
        try {
            JsonNode answer = monitor.execute(MONITOR_TIMEOUT, "query-dirty-rate");
            String status = answer.path("status").asString("");
            if (!migrating && !status.equals("measuring")) {
                monitor.execute(
                        MONITOR_TIMEOUT,
                        "calc-dirty-rate",
                        "calc-time",
                        longer ? LONG_SECONDS : SHORT_SECONDS,
                        "sample-pages",
                        SAMPLE_PAGES);
                longer = !longer;
            }
            long mebibytesPerSecond = answer.path("dirty-rate").asLong(-1);
            long seconds = answer.path("calc-time").asLong(0);
            return status.equals("measured") && mebibytesPerSecond >= 0 && seconds > 0
                    ? new VmMeters.Dirtied((mebibytesPerSecond * seconds) << MIB_SHIFT, seconds * 1000)
                    : VmMeters.Dirtied.UNTOLD;
        } catch (FaultException e) {
            LOG.debug("no looks at dirtied memory: {}", e.toString());
            return VmMeters.Dirtied.UNTOLD;
        }
    }
}
