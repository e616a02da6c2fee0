package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.EngineFacts;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.Survivor;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qmp.QmpException;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs virtual machines as QEMU processes that outlive the agent. */
public final class QemuEngine implements HypervisorEngine {

    private static final Logger LOG = LoggerFactory.getLogger(QemuEngine.class);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RESTORE_TIMEOUT = Duration.ofMinutes(10);
    private static final long POLL_NANOS = 5_000_000;

    private final Path runDirectory;
    private final QemuProgram program;
    private final HostNetworks networks;
    private final ControlGroups groups;
    private final QemuLauncher launcher;
    private final ConsoleLogs consoleLogs = new ConsoleLogs();
    private final Map<String, QemuVm> held = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private final Set<String> starting = ConcurrentHashMap.newKeySet();

    /**
     * Looks at the installed QEMU.
     *
     * @throws FaultException HOST_ERROR when there is none
     */
    public QemuEngine(QemuConfig config, HostNetworks networks) {
        this.runDirectory = config.runDirectory();
        this.program = QemuProgram.find(config);
        this.networks = networks;
        this.groups = ControlGroups.find(runDirectory);
        this.launcher = new QemuLauncher(config, program, networks, groups);
    }

    @Override
    public EngineFacts facts() {
        List<String> notices = new ArrayList<>();
        if (program.accelerator().name().equals("tcg")) {
            notices.add("Guests are emulated and slow: " + program.accelerator().reason());
        }
        if (!groups.limiting()) {
            notices.add(
                    "What virtual machines are entitled to is not enforced on this host, which lets the agent make no control"
                            + " groups. Run the agent as root, with the controllers cpu and memory.");
        }
        return new EngineFacts(
                "qemu",
                program.version(),
                program.accelerator().name(),
                program.accelerator().reason(),
                program.cpuModel(),
                program.machineType(),
                program.machineTypes(),
                program.cpus().missingFeatures(),
                program.cpus().features(),
                notices);
    }

    @Override
    public RunningVm start(VmLaunch launch, EngineListener listener, Runnable beforeRun) {
        String vmId = launch.vmId();
        program.requireCpu(vmId, launch.shape().hardware());
        if (held.containsKey(vmId) || !starting.add(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine already");
        }
        try {
            if (launcher.findProcess(vmId).isPresent()) {
                throw new FaultException(
                        FaultCode.VM_RUNNING,
                        vmId,
                        "A process of an earlier start of " + vmId + " still runs on this host; power it off first.");
            }
            launcher.removeTraces(vmId);
            return startFresh(launch, listener, beforeRun);
        } finally {
            starting.remove(vmId);
        }
    }

    private QemuVm startFresh(VmLaunch launch, EngineListener listener, Runnable beforeRun) {
        String vmId = launch.vmId();
        try {
            Process child = launcher.launch(launch);
            ProcessIdentity process =
                    Processes.find(child.pid()).orElseThrow(() -> failedStart(vmId, exitOf(child), null));
            RunRecord record = RunRecord.of(launch, process, System.currentTimeMillis(), false);
            record.write(launcher.files(vmId));
            QemuVm vm = connect(record, process, child, listener);
            try {
                vm.begin(RESTORE_TIMEOUT, beforeRun);
            } catch (RuntimeException e) {
                String output = launcher.outputTail(vmId);
                vm.powerOff();
                throw e instanceof FaultException fault && !output.isEmpty()
                        ? new FaultException(
                                fault.fault().withContext(fault.fault().context() + "; " + output), fault)
                        : e;
            }
            return vm;
        } catch (IOException e) {
            FaultException fault = failedStart(vmId, e.toString(), e);
            destroyAfter(vmId, fault);
            throw fault;
        } catch (RuntimeException e) {
            destroyAfter(vmId, e);
            throw e;
        }
    }

    private void destroyAfter(String vmId, RuntimeException reason) {
        try {
            launcher.destroy(vmId);
            held.remove(vmId);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    // Ready is when the monitor accepts; a process that ends before says why on its output.
    private QemuVm connect(RunRecord record, ProcessIdentity process, Process child, EngineListener listener) {
        String vmId = record.launch().vmId();
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (true) {
            try {
                return hold(record, process, listener);
            } catch (IOException | QmpException e) {
                if (!Processes.alive(process)) {
                    throw failedStart(vmId, exitOf(child), e);
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw failedStart(vmId, "not ready within " + READY_TIMEOUT.toSeconds() + " s", e);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private QemuVm hold(RunRecord record, ProcessIdentity process, EngineListener listener) throws IOException {
        QemuVm vm = new QemuVm(
                record,
                process,
                launcher,
                listener,
                ended -> {
                    held.remove(ended.vmId(), ended);
                    consoleLogs.forget(ended.launch().consoleLog());
                },
                (before, after) -> {
                    consoleLogs.forget(before.consoleLog());
                    consoleLogs.watch(after.consoleLog());
                });
        held.put(vm.vmId(), vm);
        consoleLogs.watch(vm.launch().consoleLog());
        return vm;
    }

    private static String exitOf(Process child) {
        return child.isAlive() ? "still starting" : "exit status " + child.exitValue();
    }

    private FaultException failedStart(String vmId, String what, @Nullable Throwable cause) {
        String output = launcher.outputTail(vmId);
        boolean locked = output.contains("Failed to get");
        Fault fault = Fault.of(
                        locked ? FaultCode.VM_LOCKED : FaultCode.HOST_ERROR,
                        locked
                                ? "A disk of the virtual machine is in use by another process; end it first."
                                : "The hypervisor could not start the virtual machine; see the agent's log.")
                .about(vmId)
                .withContext(what + "; " + output);
        return new FaultException(fault, cause);
    }

    @Override
    public List<Survivor> survivors() {
        List<Survivor> survivors = new ArrayList<>();
        for (String vmId : RunDirectories.vmIds(runDirectory)) {
            Optional<RunRecord> record = RunRecord.read(launcher.files(vmId));
            if (!held.containsKey(vmId) && record.isPresent()) {
                Optional<ProcessIdentity> process = launcher.findProcess(vmId);
                survivors.add(new Survivor(
                        record.get().launch(), process.orElse(record.get().process()), process.isPresent()));
            }
        }
        return survivors;
    }

    @Override
    public Optional<RunningVm> adopt(String vmId, EngineListener listener) {
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine already");
        }
        Optional<RunRecord> record = RunRecord.read(launcher.files(vmId));
        Optional<ProcessIdentity> process = launcher.findProcess(vmId);
        if (record.isEmpty() || process.isEmpty()) {
            launcher.destroy(vmId);
            return Optional.empty();
        }
        try {
            QemuVm vm = hold(record.get(), process.get(), listener);
            vm.catchUp();
            LOG.info("adopted {} as pid {}", vmId, process.get().pid());
            return Optional.of(vm);
        } catch (IOException | QmpException e) {
            if (!Processes.alive(process.get())) {
                launcher.removeTraces(vmId);
                return Optional.empty();
            }
            throw new FaultException(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "The virtual machine runs on this host but its monitor cannot be reached; look at"
                                            + " the host.")
                            .about(vmId)
                            .withContext(e.toString()),
                    e);
        }
    }

    @Override
    public void clear(String vmId) {
        if (held.containsKey(vmId)) {
            throw new IllegalStateException(vmId + " is in this engine; power it off");
        }
        launcher.destroy(vmId);
    }

    @Override
    public void sweep() {
        Set<String> known = new HashSet<>(RunDirectories.vmIds(runDirectory));
        known.addAll(held.keySet());
        networks.sweep(known);
        groups.sweep(known);
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
        held.values().forEach(QemuVm::detach);
        held.clear();
        consoleLogs.close();
        groups.close();
    }
}
