package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Disks of simulated guests are never written to, so a copy is equal at once. */
final class SimulatedStorageMover implements StorageMover {

    private final SimulatedProcess process;

    SimulatedStorageMover(SimulatedProcess process) {
        this.process = process;
    }

    @Override
    public void start(Path directory, List<DiskShape> disks, long bytesPerSecondMax) {
        VmLaunch launch = process.launch();
        for (DiskShape disk : disks) {
            for (DiskShape now : launch.shape().disks()) {
                if (now.label().equals(disk.label())) {
                    copy(launch.directory().resolve(now.fileName()), directory.resolve(disk.fileName()));
                }
            }
        }
    }

    private void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.MIGRATION_FAILED,
                                    "The disks could not be moved; the guest runs on where it was.")
                            .about(process.launch().vmId())
                            .withContext(e.toString()),
                    e);
        }
    }

    @Override
    public Progress progress() {
        return process.state() == RunState.ENDED
                ? new Progress(0, 0, false, "the simulated process has ended")
                : new Progress(0, 0, true, "");
    }

    @Override
    public void cancel() {
        // Nothing goes on.
    }

    @Override
    public double switchOver(VmLaunch next, Runnable decide) {
        boolean ran = process.state() == RunState.RUNNING;
        long begun = System.nanoTime();
        process.setRunning(false);
        try {
            decide.run();
        } catch (Undecided e) {
            throw e;
        } catch (RuntimeException e) {
            process.setRunning(ran);
            throw e;
        }
        process.movedTo(next);
        process.setRunning(ran);
        return (System.nanoTime() - begun) / 1e6;
    }

    @Override
    public void settle(VmLaunch wanted) {
        process.movedTo(wanted);
        if (process.state() == RunState.PAUSED) {
            process.setRunning(true);
        }
    }
}
