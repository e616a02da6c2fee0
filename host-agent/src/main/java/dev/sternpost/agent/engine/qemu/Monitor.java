package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpException;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A virtual machine's monitor in the engine's terms: bounded commands that fail with faults. */
final class Monitor {

    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(15);

    private final String vmId;
    private volatile @Nullable QmpClient client;

    Monitor(String vmId) {
        this.vmId = vmId;
    }

    /** Uses this connection from now on. */
    void use(QmpClient connection) {
        client = connection;
    }

    private QmpClient client() {
        QmpClient connection = client;
        if (connection == null) {
            throw new IllegalStateException("the monitor of " + vmId + " is not connected yet");
        }
        return connection;
    }

    JsonNode execute(String command, Object... keysAndValues) {
        return execute(COMMAND_TIMEOUT, command, keysAndValues);
    }

    JsonNode execute(Duration timeout, String command, Object... keysAndValues) {
        try {
            return client().execute(command, Json.object(keysAndValues), timeout);
        } catch (QmpException e) {
            throw fault(e);
        }
    }

    /** QEMU's word for how the virtual machine stands. */
    String status() {
        return execute("query-status").path("status").asString("");
    }

    /** Cuts the migration's stream, also when QEMU's main loop is stuck in it. */
    void yankMigration() {
        try {
            client().executeOutOfBand(
                            "yank",
                            Json.object("instances", Json.array(List.of(Json.object("type", "migration")))),
                            COMMAND_TIMEOUT);
        } catch (QmpException e) {
            throw fault(e);
        }
    }

    void close() {
        client().close();
    }

    private FaultException fault(QmpException e) {
        if (String.valueOf(e.getMessage()).contains("Failed to get")) {
            return fault(
                    e,
                    FaultCode.VM_LOCKED,
                    "A disk of the virtual machine is in use by another process; end it first.");
        }
        return switch (e.kind()) {
            case REFUSED ->
                fault(e, FaultCode.HOST_ERROR, "The hypervisor refused (" + e.getMessage() + "); see the agent's log.");
            case TIMED_OUT ->
                fault(
                        e,
                        FaultCode.OPERATION_TIMED_OUT,
                        "The hypervisor of the virtual machine does not answer; try again, then look at the host.");
            case DISCONNECTED ->
                fault(
                        e,
                        FaultCode.HOST_ERROR,
                        "The virtual machine's process has ended or is out of reach; query its state.");
        };
    }

    private FaultException fault(QmpException e, FaultCode code, String message) {
        return new FaultException(Fault.of(code, message).about(vmId).withContext(String.valueOf(e.getMessage())), e);
    }
}
