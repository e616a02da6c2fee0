package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.EngineFacts;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.Survivor;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine whose guests live in this process. */
public final class SimulatedEngine implements HypervisorEngine {

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedEngine.class);

    private final SimulatedHardware hardware;
    private final Path runDirectory;
    private final String bootId;
    private volatile boolean closed;
    private final Map<String, SimulatedVm> held = new ConcurrentHashMap<>();

    /**
     * @param hardware what outlives this engine
     * @param runDirectory this host's directory for sockets; tells hosts apart
     * @param bootId boot id that its processes carry
     */
    public SimulatedEngine(SimulatedHardware hardware, Path runDirectory, String bootId) {
        this.hardware = hardware;
        this.runDirectory = runDirectory;
        this.bootId = bootId;
    }

    @Override
    public EngineFacts facts() {
        return new EngineFacts(
                "simulated",
                "1",
                "simulated",
                "The configuration asks for the simulated engine.",
                "Simulated",
                "simulated-1",
                List.of("simulated-1"),
                Map.of("Simulated", List.of()),
                List.of(),
                List.of("Virtual machines on this host are simulated."));
    }

    @Override
    public RunningVm start(VmLaunch launch, EngineListener listener, Runnable beforeRun) {
        String vmId = launch.vmId();
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine already");
        }
        if (hardware.find(runDirectory, vmId)
                .filter(old -> old.state() != RunState.ENDED)
                .isPresent()) {
            throw new FaultException(
                    FaultCode.VM_RUNNING,
                    vmId,
                    "A process of an earlier start of " + vmId + " still runs on this host; power it off first.");
        }
        clear(vmId);
        SimulatedProcess process = new SimulatedProcess(hardware, launch, bootId);
        try {
            return begin(process, listener, beforeRun);
        } catch (IOException e) {
            abandon(process);
            throw new FaultException(
                    Fault.of(FaultCode.HOST_ERROR, "The simulated host could not start the virtual machine.")
                            .about(vmId)
                            .withContext(e.toString()),
                    e);
        } catch (FaultException e) {
            abandon(process);
            throw e;
        }
    }

    private RunningVm begin(SimulatedProcess process, EngineListener listener, Runnable beforeRun) throws IOException {
        VmLaunch launch = process.launch();
        for (Path disk : process.disks()) {
            if (!Files.isRegularFile(disk)) {
                throw new IOException(disk + " is missing");
            }
        }
        boolean incoming = launch.mode() instanceof LaunchMode.Incoming;
        if (!incoming && !hardware.lockDisks(process)) {
            throw locked(launch.vmId());
        }
        if (launch.mode() instanceof LaunchMode.ResumeFromSuspend resume) {
            restore(process, resume.memoryFile());
        }
        if (!incoming) {
            beforeRun.run();
        }
        Path sockets = Files.createDirectories(runDirectory.resolve(launch.vmId()));
        Files.writeString(
                launch.consoleLog(),
                "Simulated guest " + launch.shape().name() + " starts\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        hardware.add(runDirectory, process);
        SimulatedVm vm = new SimulatedVm(process, sockets);
        held.put(launch.vmId(), vm);
        process.listen(listener, this::removeTraces);
        if (!incoming) {
            process.setRunning(true);
        }
        return vm;
    }

    private static void restore(SimulatedProcess process, Path memoryFile) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(memoryFile)))) {
            SimulatedProcessor processor = new SimulatedProcessor();
            process.replaceMemory(MemoryStream.receive(in, processor), processor);
        }
    }

    private void abandon(SimulatedProcess process) {
        process.powerOff();
        removeTraces(process);
    }

    static FaultException locked(String vmId) {
        return new FaultException(
                FaultCode.VM_LOCKED, vmId, "A disk of the virtual machine is in use by another process; end it first.");
    }

    private void removeTraces(SimulatedProcess process) {
        held.remove(process.launch().vmId());
        deleteSockets(process.launch().vmId());
        // Last: until then the machine cannot be started again, so nothing above can be a later start's.
        hardware.remove(runDirectory, process);
    }

    private void deleteSockets(String vmId) {
        Path sockets = runDirectory.resolve(vmId);
        if (!Files.isDirectory(sockets)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(sockets)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
            Files.deleteIfExists(sockets);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", sockets, e.toString());
        }
    }

    @Override
    public List<Survivor> survivors() {
        return hardware.all(runDirectory).stream()
                .filter(process -> !held.containsKey(process.launch().vmId()))
                .map(process -> new Survivor(process.launch(), process.identity(), process.state() != RunState.ENDED))
                .toList();
    }

    @Override
    public Optional<RunningVm> adopt(String vmId, EngineListener listener) {
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine already");
        }
        Optional<SimulatedProcess> found =
                hardware.find(runDirectory, vmId).filter(process -> process.state() != RunState.ENDED);
        if (found.isEmpty()) {
            clear(vmId);
            return Optional.empty();
        }
        SimulatedVm vm = new SimulatedVm(found.get(), runDirectory.resolve(vmId));
        held.put(vmId, vm);
        found.get().listen(listener, this::removeTraces);
        return Optional.of(vm);
    }

    @Override
    public void clear(String vmId) {
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine; power it off");
        }
        hardware.find(runDirectory, vmId).ifPresent(this::abandon);
        deleteSockets(vmId);
    }

    @Override
    public void sweep() {
        LOG.debug("simulated hosts have no network ports");
    }

    @Override
    public List<RunningVm> running() {
        return List.copyOf(held.values());
    }

    /** Whether {@link #close} was called. */
    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        held.values().forEach(SimulatedVm::detach);
        held.clear();
    }
}
