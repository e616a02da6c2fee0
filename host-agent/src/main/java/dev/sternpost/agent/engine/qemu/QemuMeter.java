package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.network.NetworkPort;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Reads what one QEMU process has used: CPU and memory from the kernel, disks and the guest's own memory figures from
 * the monitor, network from the taps, limits from the control group. A monitor that does not answer costs a short wait
 * and leaves the last figures standing.
 */
final class QemuMeter {

    private static final Logger LOG = LoggerFactory.getLogger(QemuMeter.class);
    private static final Duration MONITOR_TIMEOUT = Duration.ofSeconds(1);
    private static final String BALLOON = "/machine/peripheral/balloon0";
    /** How often the guest's balloon driver is asked; it answers by itself and late, so a little under an interval. */
    private static final int GUEST_STATISTICS_SECONDS = 10;

    private static final long UNKNOWN_TO_GUEST = -1;

    private final String vmId;
    private final Monitor monitor;
    private final ProcessMeter processMeter;
    private final List<String> taps;
    private final boolean networkCounted;
    private final Host host;
    private final DirtyLook dirtyLook;
    private boolean guestAsked;
    private VmMeters.@Nullable Disks disks;

    /** What the meters of all virtual machines of a host share. */
    record Host(InterfaceCounters interfaces, ControlGroups groups) {}

    QemuMeter(String vmId, Monitor monitor, ProcessIdentity process, List<NetworkPort> ports, Host host) {
        this.vmId = vmId;
        this.monitor = monitor;
        this.processMeter = new ProcessMeter(process);
        this.taps = ports.stream()
                .filter(NetworkPort.Tap.class::isInstance)
                .map(port -> ((NetworkPort.Tap) port).interfaceName())
                .toList();
        this.networkCounted = taps.size() == ports.size();
        this.host = host;
        this.dirtyLook = new DirtyLook(monitor);
    }

    /**
     * Empty when the process is gone, and until the monitor has answered once.
     *
     * @param migrating whether it is being migrated, so that its memory is not looked at besides
     */
    synchronized Optional<VmMeters> read(boolean migrating) {
        long nanoTime = System.nanoTime();
        Optional<ProcessMeter.Reading> reading = processMeter.read();
        if (reading.isEmpty()) {
            return Optional.empty();
        }
        VmMeters.Network network = network();
        ControlGroups.Reading group = host.groups().read(vmId);
        long activeBytes = VmMeters.UNKNOWN;
        VmMeters.Dirtied dirtied = VmMeters.Dirtied.UNTOLD;
        try {
            disks = disks();
            activeBytes = activeBytes();
            dirtied = dirtyLook.read(migrating);
        } catch (FaultException e) {
            LOG.debug("{}: no figures from its monitor: {}", vmId, e.toString());
        }
        VmMeters.Disks lastDisks = disks;
        return lastDisks == null
                ? Optional.empty()
                : Optional.of(new VmMeters(
                        nanoTime,
                        reading.get().usedNanos(),
                        reading.get().readyNanos(),
                        group.limitedNanos(),
                        group.cpuLimitPermille(),
                        reading.get().residentBytes(),
                        activeBytes,
                        lastDisks,
                        network,
                        group.pressure(),
                        dirtied));
    }

    private VmMeters.Network network() {
        if (!networkCounted) {
            return VmMeters.Network.NOT_COUNTED;
        }
        VmMeters.Network sum = VmMeters.Network.NONE;
        if (!taps.isEmpty()) {
            Map<String, VmMeters.Network> counters =
                    host.interfaces().read(processMeter.process().pid());
            for (String tap : taps) {
                VmMeters.Network one = counters.getOrDefault(tap, VmMeters.Network.NONE);
                sum = new VmMeters.Network(
                        sum.receivedBytes() + one.receivedBytes(),
                        sum.transmittedBytes() + one.transmittedBytes(),
                        sum.receivedPackets() + one.receivedPackets(),
                        sum.transmittedPackets() + one.transmittedPackets());
            }
        }
        return sum;
    }

    private VmMeters.Disks disks() {
        long readBytes = 0;
        long writeBytes = 0;
        long reads = 0;
        long writes = 0;
        for (JsonNode device : monitor.execute(MONITOR_TIMEOUT, "query-blockstats")) {
            // Firmware flash and the gate of the switch-over are no disks of the guest.
            if (device.path("qdev").asString("").contains("/disk")) {
                JsonNode stats = device.path("stats");
                readBytes += stats.path("rd_bytes").asLong(0);
                writeBytes += stats.path("wr_bytes").asLong(0);
                reads += stats.path("rd_operations").asLong(0);
                writes += stats.path("wr_operations").asLong(0);
            }
        }
        return new VmMeters.Disks(readBytes, writeBytes, reads, writes);
    }

    /** What the guest's kernel says it could not give away at once: all it has but what it calls available. */
    private long activeBytes() {
        if (!guestAsked) {
            guestAsked = true;
            monitor.execute(
                    MONITOR_TIMEOUT,
                    "qom-set",
                    "path",
                    BALLOON,
                    "property",
                    "guest-stats-polling-interval",
                    "value",
                    GUEST_STATISTICS_SECONDS);
        }
        JsonNode stats = monitor.execute(MONITOR_TIMEOUT, "qom-get", "path", BALLOON, "property", "guest-stats")
                .path("stats");
        long total = stats.path("stat-total-memory").asLong(UNKNOWN_TO_GUEST);
        long available = stats.path("stat-available-memory").asLong(UNKNOWN_TO_GUEST);
        return total == UNKNOWN_TO_GUEST || available == UNKNOWN_TO_GUEST
                ? VmMeters.UNKNOWN
                : Math.max(0, total - available);
    }
}
