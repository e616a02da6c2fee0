package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The images that a QEMU process has open, and which device uses which. */
final class BlockGraph {

    private static final Logger LOG = LoggerFactory.getLogger(BlockGraph.class);

    /** The name of the firmware's variables among images. */
    static final String FIRMWARE = "nvram";

    private static final String NODE = "moved-";

    private final Monitor monitor;

    BlockGraph(Monitor monitor) {
        this.monitor = monitor;
    }

    /** An image of a virtual machine: a disk, by label, or the firmware's variables. */
    record Image(String name, String driver, Path file, boolean thin) {}

    /** @param node that the device uses; a copying job's filter while there is one */
    record Device(String node, String file) {}

    /** Opens the image beside those that are open; nobody uses it yet. */
    String add(Image image) {
        String node = NODE + Long.toHexString(ThreadLocalRandom.current().nextLong());
        // A thick disk keeps its blocks also where there are zeros.
        String discard = image.thin() ? "unmap" : "ignore";
        monitor.execute(
                "blockdev-add",
                "driver",
                image.driver(),
                "node-name",
                node,
                "discard",
                discard,
                "file",
                Json.object("driver", "file", "filename", image.file().toString(), "discard", discard));
        return node;
    }

    /** Closes images that are open and not used. */
    void dropUnused(List<Image> used) {
        List<String> kept = used.stream().map(image -> image.file().toString()).toList();
        for (JsonNode node : monitor.execute("query-named-block-nodes")) {
            String name = node.path("node-name").asString("");
            boolean ours = name.startsWith(NODE) || name.startsWith("disk-") || name.equals("pflash1");
            if (ours && !kept.contains(node.path("file").asString(""))) {
                try {
                    monitor.execute("blockdev-del", "node-name", name);
                } catch (FaultException e) {
                    LOG.warn("{} stays open: {}", name, e.fault().context());
                }
            }
        }
    }

    Optional<String> openNode(Image image) {
        for (JsonNode node : monitor.execute("query-named-block-nodes")) {
            String name = node.path("node-name").asString("");
            if (node.path("file").asString("").equals(image.file().toString())
                    && node.path("drv").asString("").equals(image.driver())
                    && !name.startsWith("#")) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** What each device uses, by the name of its image. */
    Map<String, Device> devices() {
        Map<String, Device> devices = new LinkedHashMap<>();
        for (JsonNode one : monitor.execute("query-block")) {
            String path = one.path("qdev").asString("");
            String name = path.endsWith("/system.flash1")
                    ? FIRMWARE
                    : path.replaceFirst("^/machine/peripheral/", "").replaceFirst("/.*$", "");
            JsonNode inserted = one.path("inserted");
            devices.put(
                    name,
                    new Device(
                            inserted.path("node-name").asString(""),
                            inserted.path("file").asString("")));
        }
        return devices;
    }

    static Device device(Map<String, Device> devices, Image image) {
        Device device = devices.get(image.name());
        if (device == null) {
            throw new IllegalStateException(image.name() + " is no device of this virtual machine");
        }
        return device;
    }
}
