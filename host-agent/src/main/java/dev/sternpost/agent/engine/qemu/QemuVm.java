package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.DiskSender;
import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.Signal;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.TickProbe;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.engine.qmp.QmpException;
import dev.sternpost.agent.engine.qmp.QmpListener;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A virtual machine in a QEMU process. */
final class QemuVm implements RunningVm, QmpListener {

    private static final Logger LOG = LoggerFactory.getLogger(QemuVm.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration QUIT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(30);
    private static final long RESET_ECHO_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int RECONNECTS_MAX = 5;
    private static final int EVENTS_WAITING_MAX = 10_000;
    private static final int PICTURE_BYTES_MAX = 32 << 20;

    private volatile VmLaunch launch;
    private final ProcessIdentity process;
    private final RunFiles files;
    private final QemuLauncher launcher;
    private final EngineListener listener;
    private final Consumer<QemuVm> whenEnded;
    private final BiConsumer<VmLaunch, VmLaunch> whenMoved;
    private final long startedEpochMillis;

    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>(EVENTS_WAITING_MAX);
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final CountDownLatch built = new CountDownLatch(1);
    private final Signal signal = new Signal();
    private final Monitor monitor;
    private final GuestAgentChannel guestAgent;
    private final SerialTickProbe probe;
    private final QemuMigrationSource source;
    private final QemuMigrationTarget target;
    private final QemuMeter meter;
    private final QemuStorageMover storageMover;
    private final QemuDiskSender diskSender;
    private volatile boolean endWanted;
    /** Until then an end is no news: the start fails with a fault. */
    private volatile boolean begun;

    private volatile boolean detached;
    private volatile boolean savingToFile;
    private volatile boolean activated;
    private volatile boolean told;
    private volatile long lastResetNanoTime;
    private volatile String shutdownReason = "";

    /**
     * Connects to a process that is there.
     *
     * @throws IOException when it does not listen yet
     */
    QemuVm(
            RunRecord record,
            ProcessIdentity process,
            QemuLauncher launcher,
            EngineListener listener,
            Consumer<QemuVm> whenEnded,
            BiConsumer<VmLaunch, VmLaunch> whenMoved)
            throws IOException {
        this.launch = record.launch();
        this.process = process;
        this.launcher = launcher;
        this.files = launcher.files(launch.vmId());
        this.listener = listener;
        this.whenEnded = whenEnded;
        this.whenMoved = whenMoved;
        this.startedEpochMillis = record.startedEpochMillis();
        this.activated = record.activated();
        this.monitor = new Monitor(launch.vmId());
        this.source = new QemuMigrationSource(
                launch.vmId(),
                monitor,
                launcher.owner(),
                new GuestThrottle(process, launcher.groups().of(launch.vmId())));
        this.target = new QemuMigrationTarget(launch.vmId(), monitor, this::recordActivation);
        this.meter = launcher.meter(launch.shape(), monitor, process);
        this.storageMover = new QemuStorageMover(monitor, files, this::launch, this::movedTo);
        this.diskSender = new QemuDiskSender(monitor, this::launch);
        // All that events touch is there now, so they may come.
        monitor.use(QmpClient.connect(files.monitor(), launch.vmId(), CONNECT_TIMEOUT, this));
        try {
            this.guestAgent = new GuestAgentChannel(launch.vmId(), files.guestAgent(), () -> guestListens("ga"));
            this.probe = new SerialTickProbe(launch.vmId(), files.probe(), () -> guestListens("probe"));
        } catch (IOException e) {
            detached = true;
            monitor.close();
            throw e;
        } finally {
            built.countDown();
        }
        Thread.ofVirtual().name("events-" + launch.vmId()).start(this::work);
    }

    /** Catches up with what happened while no agent was connected. */
    void catchUp() {
        begun = true;
        if (launch.mode() instanceof LaunchMode.Incoming && !activated) {
            target.adopt();
        } else {
            source.adopt();
        }
        if (monitor.status().equals("shutdown")) {
            shutdownReason = "guest-shutdown";
            quitAfterShutdown();
        }
    }

    // ---- events ----

    @Override
    public void event(QmpEvent event) {
        // The first reason counts: our own quit after a guest's shutdown gives a second one.
        if (event.name().equals("SHUTDOWN") && shutdownReason.isEmpty()) {
            shutdownReason = event.data().path("reason").asString("unknown");
        }
        if (event.name().equals("SHUTDOWN") && event.data().path("guest").asBoolean(false)) {
            // Not in turn with the other events: a listener to one of them may be waiting for this end.
            quitAfterShutdown();
        }
        if (!savingToFile) {
            source.event(event);
            target.event(event);
        }
        offer(() -> translate(event));
        signal.raise();
    }

    @Override
    public void closed() {
        // Not on the events' thread: a listener there may be waiting in powerOff for this very end.
        Thread.ofVirtual().name("end-" + launch.vmId()).start(this::connectionLost);
    }

    private void offer(Runnable task) {
        if (!work.offer(task)) {
            LOG.error("{} has more than {} events waiting; one is lost", vmId(), EVENTS_WAITING_MAX);
        }
    }

    private void work() {
        while (!told && !detached) {
            try {
                Runnable task = work.poll(1, TimeUnit.SECONDS);
                if (task != null) {
                    task.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                // One event that cannot be dealt with must not keep the next from being heard.
                LOG.error("an event of {} failed", vmId(), e);
            }
        }
    }

    private void translate(QmpEvent event) {
        switch (event.name()) {
            case "RESET" -> {
                if (event.data().path("guest").asBoolean(false) && !isEchoOfReset(event)) {
                    tell(new EngineEvent.GuestReset(vmId(), "The guest restarted."));
                }
                lastResetNanoTime = event.arrivalNanoTime();
            }
            case "GUEST_PANICKED" ->
                tell(new EngineEvent.GuestPanicked(vmId(), "The guest's kernel panicked; it is kept for a look."));
            case "BLOCK_IO_ERROR" ->
                tell(new EngineEvent.IoError(
                        vmId(),
                        "A " + event.data().path("operation").asString("request") + " on "
                                + event.data().path("device").asString("")
                                + event.data().path("node-name").asString("") + " failed: "
                                + event.data().path("reason").asString("no reason given")));
            case "STOP" -> tell(new EngineEvent.Stopped(vmId(), "The virtual CPUs stopped."));
            case "RESUME" -> tell(new EngineEvent.Resumed(vmId(), "The virtual CPUs run."));
            default -> LOG.trace("{}: {}", vmId(), event.name());
        }
    }

    // The firmware answers a reset with a second, harder one of its own.
    private boolean isEchoOfReset(QmpEvent event) {
        return lastResetNanoTime != 0 && event.arrivalNanoTime() - lastResetNanoTime < RESET_ECHO_NANOS;
    }

    private void tell(EngineEvent event) {
        if (detached) {
            return;
        }
        try {
            listener.happened(event);
        } catch (RuntimeException e) {
            LOG.error("nobody could deal with {}", event, e);
        }
    }

    // The process waits in state "shutdown", so that even an agent that was away learns of it.
    private void quitAfterShutdown() {
        if (endWanted) {
            return;
        }
        Thread.ofVirtual().name("quit-" + vmId()).start(() -> {
            awaitBuilt();
            if (detached) {
                return;
            }
            try {
                monitor.execute(QUIT_TIMEOUT, "quit");
            } catch (FaultException e) {
                LOG.debug("{} does not quit: {}", vmId(), e.toString());
                Processes.kill(process);
            }
        });
    }

    private void connectionLost() {
        awaitBuilt();
        if (detached || end.isDone()) {
            return;
        }
        if (Processes.awaitEnd(process, DEATH_TIMEOUT)) {
            ended();
        } else {
            reconnect();
        }
    }

    // The process may go while the constructor is still connecting.
    private void awaitBuilt() {
        try {
            built.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void reconnect() {
        for (int i = 0; i < RECONNECTS_MAX; i++) {
            try {
                monitor.use(QmpClient.connect(files.monitor(), vmId(), CONNECT_TIMEOUT, this));
                LOG.warn("the connection to {} was lost and made again", vmId());
                return;
            } catch (IOException | QmpException e) {
                if (Processes.awaitEnd(process, Duration.ofSeconds(1))) {
                    ended();
                    return;
                }
            }
        }
        LOG.error("{} runs as pid {} but its monitor cannot be reached", vmId(), process.pid());
    }

    private void ended() {
        String output = launcher.outputTail(vmId());
        guestAgent.close();
        probe.close();
        monitor.close();
        launcher.removeTraces(vmId());
        whenEnded.accept(this);
        source.ended();
        target.ended();
        boolean wanted = endWanted || !begun;
        end.complete(null);
        signal.raise();
        offer(() -> {
            told = true;
            if (!wanted) {
                tell(lastWord(output));
            }
        });
    }

    private EngineEvent lastWord(String output) {
        return switch (shutdownReason) {
            case "guest-shutdown" -> new EngineEvent.GuestShutdown(vmId(), "The guest shut down.");
            case "" ->
                new EngineEvent.EngineDied(
                        vmId(),
                        "The hypervisor's process ended unexpectedly"
                                + (output.isEmpty() ? "." : ": " + lastLine(output)));
            default ->
                new EngineEvent.EngineDied(vmId(), "The hypervisor's process was ended: " + shutdownReason + ".");
        };
    }

    private static String lastLine(String output) {
        String line = output.substring(output.lastIndexOf('\n') + 1);
        return line.length() > 300 ? line.substring(0, 300) : line;
    }

    // ---- life ----

    @Override
    public VmLaunch launch() {
        return launch;
    }

    @Override
    public ProcessIdentity process() {
        return process;
    }

    @Override
    public Path socketDirectory() {
        return files.directory();
    }

    @Override
    public long startedEpochMillis() {
        return startedEpochMillis;
    }

    @Override
    public RunState state() {
        if (end.isDone()) {
            return RunState.ENDED;
        }
        String status;
        try {
            status = monitor.status();
        } catch (FaultException e) {
            // The connection goes a moment before the process.
            if (!Processes.awaitEnd(process, DEATH_TIMEOUT)) {
                throw e;
            }
            return endedWithoutTraces();
        }
        return switch (status) {
            case "running" -> RunState.RUNNING;
            case "inmigrate" -> RunState.INCOMING;
            case "postmigrate" -> RunState.MIGRATED_AWAY;
            case "io-error" -> RunState.IO_ERROR;
            case "guest-panicked" -> RunState.GUEST_PANICKED;
            case "shutdown" -> endedWithoutTraces();
            default ->
                launch.mode() instanceof LaunchMode.Incoming && !activated && target.loaded()
                        ? RunState.LOADED
                        : RunState.PAUSED;
        };
    }

    // Ended means that nothing is left, and somebody is cleaning up just now.
    private RunState endedWithoutTraces() {
        awaitEnd();
        return RunState.ENDED;
    }

    /** First run of a fresh process. */
    void begin(Duration memoryTimeout, Runnable beforeRun) {
        switch (launch.mode()) {
            case LaunchMode.Cold _ -> {
                beforeRun.run();
                recordActivation();
                monitor.execute("cont");
            }
            case LaunchMode.ResumeFromSuspend resume -> {
                restore(resume.memoryFile(), memoryTimeout);
                beforeRun.run();
                recordActivation();
                monitor.execute("cont");
            }
            case LaunchMode.Incoming _ -> LOG.debug("{} waits for its memory", vmId());
        }
        begun = true;
    }

    private void movedTo(VmLaunch next) {
        VmLaunch before = launch;
        launch = next;
        whenMoved.accept(before, next);
        try {
            RunRecord.of(next, process, startedEpochMillis, activated).write(files);
        } catch (IOException e) {
            // It is found again by the ledger's word at the next adoption.
            LOG.error("{}: it is not recorded that its files have moved", vmId(), e);
        }
    }

    private void recordActivation() {
        activated = true;
        try {
            RunRecord.of(launch, process, startedEpochMillis, true).write(files);
        } catch (IOException e) {
            throw failure("The host could not record that the virtual machine runs; see the agent's log.", e);
        }
    }

    private void restore(Path memoryFile, Duration timeout) {
        savingToFile = true;
        try {
            monitor.execute("migrate-set-capabilities", "capabilities", QemuMigrationSource.Capabilities.forFile());
            monitor.execute("migrate-incoming", "uri", "unix:" + files.memoryStream());
            MemoryFile.send(memoryFile, files.memoryStream());
            awaitMigrationEnd(timeout);
        } catch (IOException e) {
            throw failure("The memory of the suspended virtual machine could not be read; see the agent's log.", e);
        } finally {
            savingToFile = false;
        }
    }

    @Override
    public void suspendTo(Path memoryFile, Duration timeout) {
        if (Files.exists(memoryFile, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalStateException(memoryFile + " is there already");
        }
        pause();
        savingToFile = true;
        try (MemoryFile.Writer writer = new MemoryFile.Writer(files.memoryStream(), memoryFile)) {
            launcher.owner().own(files.memoryStream());
            monitor.execute("migrate-set-capabilities", "capabilities", QemuMigrationSource.Capabilities.forFile());
            monitor.execute("migrate-set-parameters", "max-bandwidth", 100_000_000_000L);
            monitor.execute("migrate", "uri", "unix:" + files.memoryStream());
            awaitMigrationEnd(timeout);
            writer.written().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            writer.commit();
        } catch (IOException | ExecutionException | TimeoutException | FaultException e) {
            goOnAfterFailedSuspend();
            throw failure("The memory could not be saved; the virtual machine runs on. See the agent's log.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            goOnAfterFailedSuspend();
            throw failure("The agent is stopping; the virtual machine runs on. Try again.", e);
        } finally {
            savingToFile = false;
            deleteQuietly(files.memoryStream());
        }
        powerOff();
    }

    private void goOnAfterFailedSuspend() {
        if (Processes.alive(process)) {
            monitor.execute("migrate_cancel");
            signal.await(QUIT_TIMEOUT, () -> !migrationStatus().equals("cancelling"));
            monitor.execute("cont");
        }
    }

    private String migrationStatus() {
        return monitor.execute("query-migrate").path("status").asString("none");
    }

    private void awaitMigrationEnd(Duration timeout) {
        String[] status = {""};
        boolean done = signal.await(timeout, () -> {
            status[0] = migrationStatus();
            return status[0].equals("completed") || status[0].equals("failed");
        });
        if (!done || !status[0].equals("completed")) {
            throw Fault.of(FaultCode.HOST_ERROR, "Memory could not be saved or restored.")
                    .about(vmId())
                    .withContext(done ? launcher.outputTail(vmId()) : "not done in time")
                    .exception();
        }
    }

    @Override
    public void powerOff() {
        endWanted = true;
        if (!end.isDone()) {
            try {
                monitor.execute(QUIT_TIMEOUT, "quit");
            } catch (FaultException e) {
                LOG.debug("{} does not quit: {}", vmId(), e.toString());
            }
            if (!Processes.awaitEnd(process, QUIT_TIMEOUT)) {
                LOG.warn("{} did not quit and is killed", vmId());
                Processes.kill(process);
            }
        }
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            end.get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw failure(
                    "The process of the virtual machine does not end; its storage may hang. Look at the host.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("The agent is stopping; try again.", e);
        }
    }

    @Override
    public void requestShutdown() {
        monitor.execute("system_powerdown");
    }

    @Override
    public void reset() {
        monitor.execute("system_reset");
        // A guest that panicked stands still; pressing reset is to bring it back.
        if (!monitor.status().equals("running")) {
            resume();
        }
    }

    @Override
    public void pause() {
        monitor.execute("stop");
    }

    @Override
    public void resume() {
        switch (state()) {
            case RUNNING -> LOG.debug("{} runs already", vmId());
            case PAUSED, IO_ERROR, GUEST_PANICKED -> monitor.execute("cont");
            case MIGRATED_AWAY -> throw new IllegalStateException("the memory of " + vmId() + " was migrated away");
            case INCOMING, LOADED -> throw new IllegalStateException(vmId() + " waits for its memory or its lock");
            case ENDED -> throw failure("The virtual machine has ended.", null);
        }
    }

    // ---- views ----

    @Override
    public Optional<VmMeters> meters() {
        return activated && begun && !end.isDone() ? meter.read(source.underWay()) : Optional.empty();
    }

    @Override
    public void allocate(VmAllocation allocation) {
        if (!end.isDone()) {
            launcher.groups().allocate(vmId(), allocation);
        }
    }

    @Override
    public byte[] screenshot() {
        try {
            Files.deleteIfExists(files.screenshot());
            monitor.execute("screendump", "filename", files.screenshot().toString(), "format", "png");
            // The hypervisor's user owns the directory: do not be led elsewhere, not even between two looks.
            try (InputStream picture = Files.newInputStream(files.screenshot(), LinkOption.NOFOLLOW_LINKS)) {
                byte[] bytes = picture.readNBytes(PICTURE_BYTES_MAX + 1);
                if (bytes.length > PICTURE_BYTES_MAX) {
                    throw new IOException("the picture is too large");
                }
                return bytes;
            }
        } catch (IOException e) {
            throw failure("The screen could not be read; see the agent's log.", e);
        } finally {
            deleteQuietly(files.screenshot());
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} stays behind: {}", file, e.toString());
        }
    }

    @Override
    public Path vncSocket() {
        return files.vnc();
    }

    @Override
    public void announce() {
        monitor.execute("announce-self", "initial", 50, "max", 550, "rounds", 5, "step", 100);
    }

    @Override
    public GuestAgent guestAgent() {
        return guestAgent;
    }

    @Override
    public TickProbe probe() {
        return probe;
    }

    @Override
    public MigrationSource migrationSource() {
        return source;
    }

    @Override
    public MigrationTarget migrationTarget() {
        if (!(launch.mode() instanceof LaunchMode.Incoming)) {
            throw new IllegalStateException(vmId() + " was not started for a live migration");
        }
        return target;
    }

    @Override
    public StorageMover storageMover() {
        return storageMover;
    }

    @Override
    public DiskSender diskSender() {
        return diskSender;
    }

    @Override
    public void detach() {
        detached = true;
        guestAgent.close();
        probe.close();
        monitor.close();
    }

    private boolean guestListens(String channel) {
        for (JsonNode one : monitor.execute("query-chardev")) {
            if (one.path("label").asString("").equals(channel)) {
                return one.path("frontend-open").asBoolean(false);
            }
        }
        return false;
    }

    private FaultException failure(String message, @Nullable Throwable cause) {
        return new FaultException(
                Fault.of(FaultCode.HOST_ERROR, message).about(vmId()).withContext(String.valueOf(cause)), cause);
    }
}
