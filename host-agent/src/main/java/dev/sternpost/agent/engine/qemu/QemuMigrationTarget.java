package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.Signal;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The receiving side of a pre-copy by QEMU. */
final class QemuMigrationTarget implements MigrationTarget {

    private enum State {
        WAITING,
        LOADED,
        FAILED
    }

    private final String vmId;
    private final Monitor monitor;
    private final Runnable recordActivation;
    private final Signal signal = new Signal();
    private volatile boolean serving;
    private volatile State state = State.WAITING;
    private volatile @Nullable RunInstant ran;

    QemuMigrationTarget(String vmId, Monitor monitor, Runnable recordActivation) {
        this.vmId = vmId;
        this.monitor = monitor;
        this.recordActivation = recordActivation;
    }

    /** Looks how far an adopted one is. */
    void adopt() {
        if (monitor.execute("query-migrate").path("status").asString("").equals("completed")) {
            state = State.LOADED;
        }
        serving = !monitor.execute("query-block-exports").isEmpty();
    }

    void event(QmpEvent event) {
        if (event.name().equals("MIGRATION")) {
            switch (event.data().path("status").asString("")) {
                case "completed" -> state = State.LOADED;
                case "failed" -> state = State.FAILED;
                default -> {
                    return;
                }
            }
        } else if (event.name().equals("RESUME")) {
            ran = new RunInstant(event.arrivalNanoTime(), event.arrivalEpochNanos());
        }
        signal.raise();
    }

    /** The process is gone. */
    void ended() {
        if (ran == null) {
            state = State.FAILED;
        }
        signal.raise();
    }

    boolean loaded() {
        return state == State.LOADED;
    }

    @Override
    public void listen(Path socket) {
        monitor.execute(
                "migrate-set-capabilities", "capabilities", QemuMigrationSource.Capabilities.forLiveMigration(true));
        monitor.execute("migrate-incoming", "uri", "unix:" + socket);
    }

    @Override
    public void receiveDisks(Path socket, List<String> labels) {
        monitor.execute(
                "nbd-server-start",
                "addr",
                Json.object("type", "unix", "data", Json.object("path", socket.toString())));
        serving = true;
        for (String label : labels) {
            monitor.execute(
                    "block-export-add",
                    "type",
                    "nbd",
                    "id",
                    "in-" + label,
                    "node-name",
                    "disk-" + label,
                    "name",
                    label,
                    "writable",
                    true);
        }
    }

    /** The guest's disks are to be the guest's alone. */
    private void serveNoMore() {
        if (serving) {
            monitor.execute("nbd-server-stop");
            serving = false;
        }
    }

    @Override
    public void awaitLoaded(Duration timeout) {
        signal.await(timeout, () -> state != State.WAITING);
        switch (state) {
            case LOADED -> {
                return;
            }
            case FAILED ->
                throw new FaultException(
                        FaultCode.MIGRATION_FAILED,
                        vmId,
                        "The memory of the live migration did not arrive whole; the virtual machine stays on its host,"
                                + " try again.");
            case WAITING ->
                throw new FaultException(
                        FaultCode.OPERATION_TIMED_OUT,
                        vmId,
                        "The memory of the live migration has not arrived in time; ask for the state of the migration.");
        }
    }

    @Override
    public RunInstant activate() {
        RunInstant before = ran;
        if (before != null) {
            return before;
        }
        if (state != State.LOADED) {
            throw new FaultException(
                    FaultCode.MIGRATION_FAILED,
                    vmId,
                    "The memory of the live migration is not complete on the target, so the virtual machine cannot run"
                            + " there.");
        }
        serveNoMore();
        recordActivation.run();
        monitor.execute("cont");
        signal.await(Monitor.COMMAND_TIMEOUT, () -> ran != null);
        RunInstant now = ran;
        return now != null ? now : new RunInstant(System.nanoTime(), System.currentTimeMillis() * 1_000_000);
    }
}
