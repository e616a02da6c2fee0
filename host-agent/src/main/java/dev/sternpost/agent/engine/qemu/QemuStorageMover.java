package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qemu.BlockGraph.Device;
import dev.sternpost.agent.engine.qemu.BlockGraph.Image;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Moves disks with {@code blockdev-mirror} in write-blocking mode (QEMU's docs/interop/live-block-operations): one job for each disk, and
 * one for the firmware's variables. All of them change over while the guest is stopped, since QEMU completes jobs one by one: were it
 * running, a crash in between would leave disks of different moments.
 */
final class QemuStorageMover implements StorageMover {

    private static final Logger LOG = LoggerFactory.getLogger(QemuStorageMover.class);

    private static final String JOB = "move-";
    private static final String BACK = "back-";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Monitor monitor;
    private final BlockGraph graph;
    private final BlockJobs jobs;
    private final RunFiles files;
    private final Supplier<VmLaunch> launch;
    private final Consumer<VmLaunch> moved;

    /** @param moved told the launch that says where the files are now; keeps it with the process */
    QemuStorageMover(Monitor monitor, RunFiles files, Supplier<VmLaunch> launch, Consumer<VmLaunch> moved) {
        this.monitor = monitor;
        this.graph = new BlockGraph(monitor);
        this.jobs = new BlockJobs(monitor);
        this.files = files;
        this.launch = launch;
        this.moved = moved;
    }

    @Override
    public void start(Path directory, List<DiskShape> disks, long bytesPerSecondMax) {
        Map<String, Device> devices = graph.devices();
        try {
            for (Image image : images(directory, disks)) {
                Device device = BlockGraph.device(devices, image);
                String node = graph.add(image);
                monitor.execute(
                        "blockdev-mirror",
                        "job-id",
                        JOB + image.name(),
                        "device",
                        device.node(),
                        "target",
                        node,
                        "sync",
                        "full",
                        "copy-mode",
                        "write-blocking",
                        "speed",
                        bytesPerSecondMax,
                        "auto-dismiss",
                        false);
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

    private List<Image> images(VmLaunch of) {
        return images(of.directory(), of.shape().disks());
    }

    private List<Image> images(Path directory, List<DiskShape> disks) {
        List<Image> images = new ArrayList<>();
        for (DiskShape disk : disks) {
            boolean thin = disk.provisioning() == Provisioning.THIN;
            images.add(new Image(disk.label(), "qcow2", directory.resolve(disk.fileName()), thin));
        }
        if (launch.get().shape().firmware() == Firmware.UEFI) {
            images.add(new Image(
                    BlockGraph.FIRMWARE, "raw", directory.resolve(launch.get().vmxName() + ".nvram"), true));
        }
        return images;
    }

    @Override
    public Progress progress() {
        return jobs.progress(JOB, images(launch.get()).size());
    }

    @Override
    public void cancel() {
        jobs.end(JOB, BACK);
        graph.dropUnused(images(launch.get()));
    }

    @Override
    public double switchOver(VmLaunch next, Runnable decide) {
        VmLaunch before = launch.get();
        long begun = System.nanoTime();
        boolean ran = monitor.status().equals("running");
        monitor.execute(STOP_TIMEOUT, "stop");
        try {
            complete();
            decide.run();
        } catch (Undecided e) {
            throw e;
        } catch (RuntimeException e) {
            try {
                takeBack(before);
                goOn(ran);
            } catch (FaultException other) {
                // It may be on new files, which must not be deleted then.
                other.addSuppressed(e);
                throw new Undecided(other);
            }
            throw e;
        }
        // From here on the new files are the true ones, and nothing may lead back.
        settled(next);
        goOn(ran);
        double stoodStillMillis = (System.nanoTime() - begun) / 1e6;
        graph.dropUnused(images(next));
        return stoodStillMillis;
    }

    private void goOn(boolean ran) {
        if (ran) {
            monitor.execute("cont");
        }
    }

    /** The guest stands still, so the copies are about to be equal: each becomes what its device uses. */
    private void complete() {
        jobs.await("are in step", () -> {
            Progress progress = progress();
            if (!progress.error().isEmpty()) {
                throw failure(progress.error());
            }
            return progress.inStep();
        });
        for (JsonNode job : jobs.named(JOB)) {
            monitor.execute("job-complete", "id", job.path("id").asString());
        }
        jobs.await("are complete", () -> jobs.named(JOB).stream().allMatch(BlockJobs::hasEnded));
        for (JsonNode job : jobs.named(JOB)) {
            String error = job.path("error").asString("");
            if (!error.isEmpty()) {
                throw failure(error);
            }
            monitor.execute("job-dismiss", "id", job.path("id").asString());
        }
    }

    private void takeBack(VmLaunch before) {
        jobs.end(JOB, BACK);
        use(images(before));
        graph.dropUnused(images(before));
    }

    @Override
    public void settle(VmLaunch wanted) {
        jobs.end(JOB, BACK);
        String status = monitor.status();
        if (status.equals("running")) {
            Map<String, Device> devices = graph.devices();
            for (Image image : images(wanted)) {
                if (!BlockGraph.device(devices, image)
                        .file()
                        .equals(image.file().toString())) {
                    throw new IllegalStateException("the guest runs on "
                            + BlockGraph.device(devices, image).file() + ", not on " + image.file()
                            + "; nothing is touched");
                }
            }
        } else {
            use(images(wanted));
        }
        if (!wanted.directory().equals(launch.get().directory())) {
            settled(wanted);
        }
        goOn(status.equals("paused"));
        graph.dropUnused(images(wanted));
    }

    private void settled(VmLaunch next) {
        moved.accept(next);
        try {
            // By way of another socket: one that closes removes its file, which must not be the new one's.
            console(next, Path.of(files.console() + "-moving"));
            console(next, files.console());
        } catch (FaultException e) {
            // The guest is worth more than what it says.
            LOG.warn(
                    "{}: its console goes on into the old log: {}",
                    next.vmId(),
                    e.fault().context());
        }
    }

    private void console(VmLaunch next, Path socket) {
        monitor.execute(
                "chardev-change",
                "id",
                "con",
                "backend",
                Json.object(
                        "type",
                        "socket",
                        "data",
                        Json.object(
                                "addr",
                                Json.object("type", "unix", "data", Json.object("path", socket.toString())),
                                "server",
                                true,
                                "wait",
                                false,
                                "logfile",
                                next.consoleLog().toString(),
                                "logappend",
                                true)));
    }

    /** Makes each device use its image, where it does not. Only while the guest stands still and old and new are equal. */
    private void use(List<Image> images) {
        Map<String, Device> devices = graph.devices();
        for (Image image : images) {
            Device device = BlockGraph.device(devices, image);
            if (!device.file().equals(image.file().toString())) {
                String node = graph.openNode(image).orElseGet(() -> graph.add(image));
                String job = BACK + image.name();
                // "none" copies nothing that is there already.
                monitor.execute(
                        "blockdev-mirror",
                        "job-id",
                        job,
                        "device",
                        device.node(),
                        "target",
                        node,
                        "sync",
                        "none",
                        "auto-dismiss",
                        false);
                jobs.await(
                        "can be changed back",
                        () -> jobs.named(job).stream()
                                .anyMatch(one -> one.path("status").asString("").equals("ready")));
                monitor.execute("job-complete", "id", job);
                jobs.await("are changed back", () -> jobs.named(job).stream().allMatch(BlockJobs::hasEnded));
                String error = jobs.named(job).stream()
                        .map(one -> one.path("error").asString(""))
                        .findFirst()
                        .orElse("");
                monitor.execute("job-dismiss", "id", job);
                if (!error.isEmpty()) {
                    throw failure(error);
                }
            }
        }
    }

    private FaultException failure(String error) {
        boolean full = error.contains("No space left");
        return Fault.of(
                        full ? FaultCode.DATASTORE_FULL : FaultCode.MIGRATION_FAILED,
                        full
                                ? "The datastore became full while disks were copied to it; the guest runs on where it was."
                                        + " Free some space or choose another datastore."
                                : "The disks could not be moved; the guest runs on where it was. See the agent's log.")
                .about(launch.get().vmId())
                .withContext(error)
                .exception();
    }
}
