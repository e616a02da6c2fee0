package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.DiskSender;
import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EngineFacts;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.MigrationConduct;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.Survivor;
import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.TickProbe;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An engine over {@link FakeWorld}, with the manners that {@link HypervisorEngine} promises. */
final class FakeEngine implements HypervisorEngine {
    private final FakeWorld.Machine machine;
    private final Map<String, FakeVm> held = new ConcurrentHashMap<>();

    FakeEngine(FakeWorld.Machine machine) {
        this.machine = machine;
    }

    @Override
    public EngineFacts facts() {
        List<String> none = List.of();
        return new EngineFacts(
                "fake", "1", "tcg", "a test", machine.cpuModel, "machine", List.of("machine"), Map.of(), none, none);
    }

    @Override
    public RunningVm start(VmLaunch launch, EngineListener listener, Runnable beforeRun) {
        if (machine.processes.containsKey(launch.vmId())) {
            throw new IllegalStateException(launch.vmId() + " is in this engine already");
        }
        if (machine.failStart) {
            throw new FaultException(FaultCode.HOST_ERROR, launch.vmId(), "the test wants the start to fail");
        }
        try {
            FakeWorld.Process process = new FakeWorld.Process(machine, launch);
            machine.processes.put(launch.vmId(), process);
            if (!(launch.mode() instanceof LaunchMode.Incoming)) {
                beforeRun.run();
                process.go();
            }
            return hold(process, listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FakeVm hold(FakeWorld.Process process, EngineListener listener) {
        FakeVm vm = new FakeVm(process);
        held.put(process.vmId(), vm);
        process.hearWith(event -> {
            if (event.ended()) {
                held.remove(process.vmId(), vm);
            }
            listener.happened(event);
        });
        return vm;
    }

    @Override
    public List<Survivor> survivors() {
        return machine.processes.values().stream()
                .filter(process -> !held.containsKey(process.vmId()))
                .map(process -> new Survivor(process.launch, new ProcessIdentity(1, 1, "boot"), true))
                .toList();
    }

    @Override
    public Optional<RunningVm> adopt(String vmId, EngineListener listener) {
        return Optional.ofNullable(machine.processes.get(vmId)).map(process -> hold(process, listener));
    }

    @Override
    public void clear(String vmId) {
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine; power it off");
        }
        Optional.ofNullable(machine.processes.get(vmId)).ifPresent(process -> process.vanish(null));
    }

    @Override
    public void sweep() {}

    @Override
    public List<RunningVm> running() {
        return List.copyOf(held.values());
    }

    @Override
    public void close() {
        held.values().forEach(FakeVm::detach);
        held.clear();
    }

    private final class FakeVm implements RunningVm, MigrationSource, MigrationTarget, TickProbe, GuestAgent {
        private final FakeWorld.Process process;

        FakeVm(FakeWorld.Process process) {
            this.process = process;
        }

        @Override
        public VmLaunch launch() {
            return process.launch;
        }

        @Override
        public StorageMover storageMover() {
            return process.mover;
        }

        @Override
        public DiskSender diskSender() {
            return process.mover;
        }

        @Override
        public void receiveDisks(Path socket, List<String> labels) {
            process.mover.start(socket, 0);
        }

        @Override
        public ProcessIdentity process() {
            return new ProcessIdentity(1, 1, "boot");
        }

        @Override
        public Path socketDirectory() {
            return process.socketDirectory;
        }

        @Override
        public RunState state() {
            process.looks.incrementAndGet();
            return process.state();
        }

        @Override
        public long startedEpochMillis() {
            return process.startedEpochMillis;
        }

        @Override
        public void powerOff() {
            held.remove(vmId(), this);
            process.vanish(null);
        }

        @Override
        public void requestShutdown() {
            machine.world.guest(vmId()).asked(vmId());
            if (machine.world.guest(vmId()).obeysShutdown) {
                process.vanish(new EngineEvent.GuestShutdown(vmId(), "the guest shut down"));
            }
        }

        @Override
        public void reset() {
            process.tell(new EngineEvent.GuestReset(vmId(), "reset"));
        }

        @Override
        public void pause() {
            process.stand(RunState.PAUSED);
        }

        @Override
        public void resume() {
            process.go();
        }

        @Override
        public void suspendTo(Path memoryFile, Duration timeout) {
            if (machine.failSuspend) {
                throw new FaultException(FaultCode.HOST_ERROR, vmId(), "the test wants the suspend to fail");
            }
            try {
                Files.write(memoryFile, new byte[] {1, 2, 3});
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            powerOff();
        }

        @Override
        public Optional<VmMeters> meters() {
            return Optional.empty();
        }

        @Override
        public void allocate(VmAllocation allocation) {}

        @Override
        public byte[] screenshot() {
            return new byte[] {(byte) 0x89, 'P', 'N', 'G'};
        }

        @Override
        public Path vncSocket() {
            return process.socketDirectory.resolve("vnc.sock");
        }

        @Override
        public void announce() {}

        @Override
        public GuestAgent guestAgent() {
            return this;
        }

        @Override
        public TickProbe probe() {
            return this;
        }

        @Override
        public MigrationSource migrationSource() {
            return this;
        }

        @Override
        public MigrationTarget migrationTarget() {
            return this;
        }

        @Override
        public void detach() {
            process.hearWith(null);
        }

        // ---- source

        @Override
        public void start(Path socket, long bandwidthBytesPerSecond, long downtimeMillisMax) {
            try {
                process.send(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public MigrationProgress progress() {
            boolean converged = !machine.neverConverges && process.phase == MigrationPhase.PRECOPY;
            return new MigrationProgress(
                    process.phase, List.of(), 65536, 0, 0, converged, 1_000_000, 10, 0, "", MigrationConduct.NONE);
        }

        @Override
        public void requestSwitchover(long downtimeMillisMax) {
            process.stopForSwitchover();
        }

        @Override
        public StopInstant awaitPreSwitchover(Duration timeout) {
            if (process.phase != MigrationPhase.PRE_SWITCHOVER) {
                throw new FaultException(FaultCode.MIGRATION_FAILED, vmId(), "it ended before");
            }
            return new StopInstant(process.stopNanos, 0);
        }

        @Override
        public void continueSwitchover() {
            try {
                process.sendRest();
            } catch (IOException e) {
                throw new FaultException(FaultCode.MIGRATION_FAILED, vmId(), "it does not wait: " + e.getMessage());
            }
        }

        @Override
        public MigrationProgress awaitCompleted(Duration timeout) {
            if (!FakeWorld.await(timeout, () -> process.phase.ended() || process.state() == RunState.ENDED)) {
                throw new FaultException(FaultCode.OPERATION_TIMED_OUT, vmId(), "no word yet");
            }
            if (process.phase != MigrationPhase.COMPLETED) {
                throw new FaultException(FaultCode.MIGRATION_FAILED, vmId(), "it failed");
            }
            return progress();
        }

        @Override
        public MigrationPhase cancel() {
            return process.cancelSending();
        }

        // ---- target

        @Override
        public void listen(Path socket) {
            try {
                process.listen(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void awaitLoaded(Duration timeout) {
            FakeWorld.await(timeout, () -> process.state() != RunState.INCOMING);
            if (process.state() != RunState.LOADED && process.state() != RunState.RUNNING) {
                throw new FaultException(FaultCode.MIGRATION_FAILED, vmId(), "it did not arrive: " + process.state());
            }
        }

        @Override
        public RunInstant activate() {
            process.go();
            return new RunInstant(System.nanoTime(), 0);
        }

        // ---- probe

        @Override
        public void start(int intervalMillis) {
            process.startTicks(intervalMillis);
        }

        @Override
        public void stop() {
            process.startTicks(0);
        }

        @Override
        public Optional<Tick> last() {
            List<Tick> ticks = process.ticks();
            return ticks.isEmpty() ? Optional.empty() : Optional.of(ticks.getLast());
        }

        @Override
        public List<Tick> recent() {
            return process.ticks();
        }

        @Override
        public Optional<Tick> awaitTick(long sequenceAbove, Duration timeout) {
            FakeWorld.await(
                    timeout,
                    () -> last().filter(tick -> tick.sequence() > sequenceAbove).isPresent());
            return last().filter(tick -> tick.sequence() > sequenceAbove);
        }

        // ---- guest agent

        @Override
        public boolean ping(Duration timeout) {
            return machine.world.guest(vmId()).tools && process.state() == RunState.RUNNING;
        }

        @Override
        public GuestIdentity identity(Duration timeout) {
            return new GuestIdentity("guest-of-" + vmId(), "Test Linux");
        }

        @Override
        public List<String> ipAddresses(Duration timeout) {
            return List.of("10.77.0.9");
        }

        @Override
        public GuestProgramOutput run(String program, List<String> arguments, Duration timeout) {
            machine.world.guest(vmId()).programRuns++;
            return new GuestProgramOutput(0, program.getBytes(java.nio.charset.StandardCharsets.UTF_8), new byte[0]);
        }

        @Override
        public void shutdown() {
            requestShutdown();
        }
    }
}
