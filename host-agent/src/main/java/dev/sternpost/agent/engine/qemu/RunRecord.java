package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine keeps on disk about a running virtual machine, to find it again.
 *
 * @param mode "cold", "resume" or "incoming"
 * @param modeDetail memory file or migration id
 * @param pid 0 while it is being started
 * @param activated whether the guest has run in this process
 */
record RunRecord(
        VmShape shape,
        String directory,
        String vmxName,
        long generation,
        String mode,
        String modeDetail,
        long pid,
        long startTicks,
        String bootId,
        long startedEpochMillis,
        boolean activated) {

    private static final Logger LOG = LoggerFactory.getLogger(RunRecord.class);

    static RunRecord of(VmLaunch launch, ProcessIdentity process, long startedEpochMillis, boolean activated) {
        return new RunRecord(
                launch.shape(),
                launch.directory().toString(),
                launch.vmxName(),
                launch.generation(),
                switch (launch.mode()) {
                    case LaunchMode.Cold _ -> "cold";
                    case LaunchMode.ResumeFromSuspend _ -> "resume";
                    case LaunchMode.Incoming _ -> "incoming";
                },
                switch (launch.mode()) {
                    case LaunchMode.Cold _ -> "";
                    case LaunchMode.ResumeFromSuspend resume ->
                        resume.memoryFile().toString();
                    case LaunchMode.Incoming incoming -> incoming.migrationId();
                },
                process.pid(),
                process.startTicks(),
                process.bootId(),
                startedEpochMillis,
                activated);
    }

    VmLaunch launch() {
        LaunchMode launchMode = switch (mode) {
            case "cold" -> new LaunchMode.Cold();
            case "resume" -> new LaunchMode.ResumeFromSuspend(Path.of(modeDetail));
            case "incoming" -> new LaunchMode.Incoming(modeDetail);
            default -> throw new IllegalArgumentException("unknown mode " + mode);
        };
        return new VmLaunch(shape, Path.of(directory), vmxName, generation, launchMode);
    }

    ProcessIdentity process() {
        return new ProcessIdentity(pid, startTicks, bootId);
    }

    void write(RunFiles files) throws IOException {
        DurableFiles.write(files.record(), Json.write(this));
    }

    /** The living process of a virtual machine, recorded or, after a crash in the midst of a start, found. */
    static Optional<ProcessIdentity> findProcess(RunFiles files) {
        Optional<ProcessIdentity> recorded = read(files).map(RunRecord::process).filter(Processes::alive);
        return recorded.isPresent()
                ? recorded
                : Processes.findByWord(files.pidFile().toString());
    }

    /** The record in a run directory; empty when there is none that can be read. */
    static Optional<RunRecord> read(RunFiles files) {
        if (!Files.isRegularFile(files.record())) {
            return Optional.empty();
        }
        try {
            RunRecord record = Json.read(Files.readAllBytes(files.record()), RunRecord.class);
            record.launch(); // A record without a launch in it would end the agent whenever it looks for survivors.
            return Optional.of(record);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} cannot be read: {}", files.record(), e.toString());
            return Optional.empty();
        }
    }
}
