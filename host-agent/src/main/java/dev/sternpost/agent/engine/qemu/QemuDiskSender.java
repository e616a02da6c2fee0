package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.DiskSender;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qemu.BlockGraph.Device;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Mirrors disks to the NBD server of the shadow VM (QEMU's docs/interop/live-block-operations, "storage migration with NBD"). The firmware's
 * variables go with the memory, of which they are a part.
 */
final class QemuDiskSender implements DiskSender {

    private static final Logger LOG = LoggerFactory.getLogger(QemuDiskSender.class);

    private static final String JOB = "send-";
    private static final String NODE = "sent-";

    private final Monitor monitor;
    private final BlockGraph graph;
    private final BlockJobs jobs;
    private final Supplier<VmLaunch> launch;

    QemuDiskSender(Monitor monitor, Supplier<VmLaunch> launch) {
        this.monitor = monitor;
        this.graph = new BlockGraph(monitor);
        this.jobs = new BlockJobs(monitor);
        this.launch = launch;
    }

    @Override
    public void start(Path socket, long bytesPerSecondMax) {
        Map<String, Device> devices = graph.devices();
        try {
            for (DiskShape disk : disks()) {
                Device device = devices.get(disk.label());
                if (device == null) {
                    throw new IllegalStateException(disk.label() + " is no device of this virtual machine");
                }
                send(disk.label(), device.node(), socket, bytesPerSecondMax);
            }
        } catch (RuntimeException e) {
            try {
                cancel();
            } catch (RuntimeException other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }

    private void send(String label, String device, Path socket, long bytesPerSecondMax) {
        monitor.execute(
                "blockdev-add",
                "driver",
                "nbd",
                "node-name",
                NODE + label,
                "export",
                label,
                // So that what is empty here is told as such, and not sent as zeros.
                "discard",
                "unmap",
                "server",
                Json.object("type", "unix", "path", socket.toString()));
        monitor.execute(
                "blockdev-mirror",
                "job-id",
                JOB + label,
                "device",
                device,
                "target",
                NODE + label,
                "sync",
                "full",
                "copy-mode",
                "write-blocking",
                "speed",
                bytesPerSecondMax,
                "auto-dismiss",
                false);
    }

    private List<DiskShape> disks() {
        return launch.get().shape().disks();
    }

    @Override
    public StorageMover.Progress progress() {
        return jobs.progress(JOB, disks().size());
    }

    @Override
    public void finish() {
        for (JsonNode job : jobs.named(JOB)) {
            // The guest waits for the little that is left.
            monitor.execute("block-job-set-speed", "device", job.path("id").asString(), "speed", 0);
        }
        jobs.await("are in step", () -> {
            StorageMover.Progress progress = progress();
            if (!progress.error().isEmpty()) {
                throw failure(progress.error());
            }
            return progress.inStep();
        });
        for (JsonNode job : jobs.named(JOB)) {
            // Of a job that is in step this is the good end without a change-over.
            monitor.execute("block-job-cancel", "device", job.path("id").asString());
        }
        jobs.await("are complete", () -> jobs.named(JOB).stream().allMatch(BlockJobs::hasEnded));
        for (JsonNode job : jobs.named(JOB)) {
            String error = job.path("error").asString("");
            if (!error.isEmpty()) {
                throw failure(error);
            }
        }
        jobs.dismiss(JOB);
        disconnect();
    }

    @Override
    public void cancel() {
        jobs.end(JOB);
        disconnect();
    }

    private void disconnect() {
        for (JsonNode node : monitor.execute("query-named-block-nodes")) {
            String name = node.path("node-name").asString("");
            if (name.startsWith(NODE)) {
                try {
                    monitor.execute("blockdev-del", "node-name", name);
                } catch (FaultException e) {
                    LOG.warn("{} stays open: {}", name, e.fault().context());
                }
            }
        }
    }

    private FaultException failure(String error) {
        return Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        "The disks could not be sent; the guest runs on where it was. See the agent's log.")
                .about(launch.get().vmId())
                .withContext(error)
                .exception();
    }
}
