package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.TickProbe;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A simulated process as its agent sees it. */
final class SimulatedVm implements RunningVm {

    private final SimulatedProcess process;
    private final Path socketDirectory;

    SimulatedVm(SimulatedProcess process, Path socketDirectory) {
        this.process = process;
        this.socketDirectory = socketDirectory;
    }

    @Override
    public VmLaunch launch() {
        return process.launch();
    }

    @Override
    public ProcessIdentity process() {
        return process.identity();
    }

    @Override
    public Path socketDirectory() {
        return socketDirectory;
    }

    @Override
    public RunState state() {
        return process.state();
    }

    @Override
    public long startedEpochMillis() {
        return process.startedEpochMillis();
    }

    @Override
    public void powerOff() {
        process.powerOff();
    }

    @Override
    public void requestShutdown() {
        requireAlive();
        if (process.answering()) {
            process.guestShutsDown();
        }
    }

    @Override
    public void reset() {
        requireAlive();
        process.setRunning(true);
    }

    @Override
    public void pause() {
        requireAlive();
        process.setRunning(false);
    }

    @Override
    public void resume() {
        switch (process.state()) {
            case RUNNING, PAUSED, IO_ERROR, GUEST_PANICKED -> process.setRunning(true);
            case MIGRATED_AWAY -> throw new IllegalStateException("the memory of " + vmId() + " was migrated away");
            case INCOMING, LOADED -> throw new IllegalStateException(vmId() + " waits for its memory or its lock");
            case ENDED -> requireAlive();
        }
    }

    @Override
    public void suspendTo(Path memoryFile, Duration timeout) {
        requireAlive();
        if (Files.exists(memoryFile)) {
            throw new IllegalStateException(memoryFile + " is there already");
        }
        pause();
        try {
            DurableFiles.write(memoryFile, wholeMemory());
        } catch (IOException e) {
            resume();
            throw failure("The memory could not be saved; the virtual machine runs on.", e);
        }
        powerOff();
    }

    private byte[] wholeMemory() {
        return process.withMemory((memory, processor) -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                MemoryStream.head(out, memory.pageCount());
                for (int i = 0; i < memory.pageCount(); i++) {
                    MemoryStream.page(out, i, memory.read(i));
                }
                MemoryStream.end(out, processor, memory.writes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        });
    }

    @Override
    public Optional<VmMeters> meters() {
        return process.meters();
    }

    @Override
    public void allocate(VmAllocation allocation) {
        process.allocate(allocation);
    }

    @Override
    public byte[] screenshot() {
        requireAlive();
        return SimulatedPicture.png((int) (process.instructions() & 0xff));
    }

    @Override
    public Path vncSocket() {
        return socketDirectory.resolve("vnc");
    }

    @Override
    public void announce() {
        requireAlive();
    }

    @Override
    public GuestAgent guestAgent() {
        return new Agent();
    }

    @Override
    public TickProbe probe() {
        return new Probe();
    }

    @Override
    public MigrationSource migrationSource() {
        return process.source();
    }

    @Override
    public MigrationTarget migrationTarget() {
        if (!(launch().mode() instanceof LaunchMode.Incoming)) {
            throw new IllegalStateException(vmId() + " was not started for a live migration");
        }
        return process.target();
    }

    @Override
    public StorageMover storageMover() {
        return new SimulatedStorageMover(process);
    }

    @Override
    public void detach() {
        process.stopListening();
    }

    private void requireAlive() {
        if (process.state() == RunState.ENDED) {
            throw failure("The virtual machine has ended.", null);
        }
    }

    private FaultException failure(String message, @Nullable IOException cause) {
        return new FaultException(
                Fault.of(FaultCode.HOST_ERROR, message).about(vmId()).withContext(String.valueOf(cause)), cause);
    }

    /** The guest agent of a simulated guest: what it is asked to run, it repeats. */
    private final class Agent implements GuestAgent {

        private void requireAnswer() {
            if (!process.answering()) {
                throw new FaultException(
                        FaultCode.GUEST_NOT_RESPONDING,
                        vmId(),
                        "The guest agent does not answer; check that it runs in the guest.");
            }
        }

        @Override
        public boolean ping(Duration timeout) {
            return process.answering();
        }

        @Override
        public GuestIdentity identity(Duration timeout) {
            requireAnswer();
            return new GuestIdentity(launch().shape().name().toLowerCase(Locale.ROOT), "Simulated Guest 1");
        }

        @Override
        public List<String> ipAddresses(Duration timeout) {
            requireAnswer();
            long number = Long.parseLong(vmId().substring("vm-".length()));
            return launch().shape().nics().isEmpty()
                    ? List.of()
                    : List.of("10.88." + number / 250 % 250 + "." + (number % 250 + 2));
        }

        @Override
        public GuestProgramOutput run(String program, List<String> arguments, Duration timeout) {
            requireAnswer();
            String text = program + " " + String.join(" ", arguments) + "\n";
            return new GuestProgramOutput(0, text.getBytes(StandardCharsets.UTF_8), new byte[0]);
        }

        @Override
        public void shutdown() {
            requireAnswer();
            process.guestShutsDown();
        }
    }

    private final class Probe implements TickProbe {

        @Override
        public void start(int intervalMillis) {
            process.ticks().clear();
            process.tickEvery(intervalMillis);
        }

        @Override
        public void stop() {
            process.tickEvery(0);
        }

        @Override
        public Optional<Tick> last() {
            return process.ticks().last();
        }

        @Override
        public List<Tick> recent() {
            return process.ticks().recent();
        }

        @Override
        public Optional<Tick> awaitTick(long sequenceAbove, Duration timeout) {
            return process.ticks().await(sequenceAbove, timeout);
        }
    }
}
