package dev.sternpost.agent.engine.qmp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connection to a QEMU monitor (QMP, QEMU's docs/interop/qmp-spec) with out-of-band commands enabled. Commands may be
 * executed from several threads.
 */
public final class QmpClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);
    private static final int COMMANDS_IN_FLIGHT_MAX = 64;

    private final LineSocket socket;
    private final QmpListener listener;
    private final String name;
    private final Map<Long, CompletableFuture<JsonNode>> inFlight = new ConcurrentHashMap<>();
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private final AtomicLong lastId = new AtomicLong();
    private volatile boolean closed;

    private QmpClient(LineSocket socket, String name, QmpListener listener) {
        this.socket = socket;
        this.name = name;
        this.listener = listener;
    }

    /**
     * Connects and negotiates.
     *
     * @param name for logs and thread names
     * @param timeout for the greeting, which does not come while another client is connected
     * @throws IOException when nobody listens
     * @throws QmpException when QEMU does not greet in time
     */
    public static QmpClient connect(Path path, String name, Duration timeout, QmpListener listener) throws IOException {
        QmpClient client = new QmpClient(LineSocket.connect(path), name, listener);
        Thread.ofVirtual().name("qmp-" + name).start(client::read);
        try {
            client.await(client.greeting, timeout, "greeting");
            client.execute("qmp_capabilities", Json.object("enable", List.of("oob")), timeout);
            return client;
        } catch (QmpException e) {
            client.close();
            throw e;
        }
    }

    /** Executes a command without arguments. */
    public JsonNode execute(String command, Duration timeout) {
        return execute(command, Json.object(), timeout);
    }

    /**
     * Executes a command.
     *
     * @return what it returns
     */
    public JsonNode execute(String command, JsonNode arguments, Duration timeout) {
        return send("execute", command, arguments, timeout);
    }

    /** Executes a command out of band: also when QEMU's main loop is stuck. */
    public JsonNode executeOutOfBand(String command, JsonNode arguments, Duration timeout) {
        return send("exec-oob", command, arguments, timeout);
    }

    private JsonNode send(String how, String command, JsonNode arguments, Duration timeout) {
        if (inFlight.size() >= COMMANDS_IN_FLIGHT_MAX) {
            throw new QmpException(QmpException.Cause.TIMED_OUT, command + ": too many commands wait for QEMU");
        }
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        inFlight.put(id, answer);
        try {
            ObjectNode request = Json.object(how, command, "arguments", arguments, "id", id);
            LOG.trace("{} > {}", name, request);
            socket.write(Json.bytes(request));
            socket.write(new byte[] {'\n'});
            if (closed) {
                throw disconnected(command);
            }
            return await(answer, timeout, command);
        } catch (IOException e) {
            throw disconnected(command);
        } finally {
            inFlight.remove(id);
        }
    }

    private JsonNode await(CompletableFuture<JsonNode> answer, Duration timeout, String command) {
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new QmpException(
                    QmpException.Cause.TIMED_OUT, command + ": no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QmpException refusal) {
                throw new QmpException(refusal.kind(), command + ": " + refusal.getMessage());
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(QmpException.Cause.TIMED_OUT, command + ": interrupted");
        }
    }

    private void read() {
        try {
            for (byte[] line = socket.readLine(); line != null; line = socket.readLine()) {
                if (line.length > 0) {
                    received(line);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("{}: {}", name, e.toString());
        } finally {
            closed = true;
            socket.close();
            QmpException gone = new QmpException(QmpException.Cause.DISCONNECTED, "QEMU closed the connection");
            greeting.completeExceptionally(gone);
            inFlight.values().forEach(answer -> answer.completeExceptionally(gone));
            listener.closed();
        }
    }

    private void received(byte[] line) {
        long nanoTime = System.nanoTime();
        Instant now = Instant.now();
        if (LOG.isTraceEnabled()) {
            LOG.trace("{} < {}", name, new String(line, StandardCharsets.UTF_8));
        }
        JsonNode message = Json.parse(line);
        if (message.has("event")) {
            long epochNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
            JsonNode data = message.has("data") ? message.get("data") : Json.object();
            listener.event(new QmpEvent(message.get("event").asString(""), data, nanoTime, epochNanos));
        } else if (message.has("QMP")) {
            greeting.complete(message);
        } else if (message.has("id")) {
            CompletableFuture<JsonNode> answer = inFlight.get(message.get("id").asLong(-1));
            if (answer != null) {
                complete(answer, message);
            }
        }
    }

    private static void complete(CompletableFuture<JsonNode> answer, JsonNode message) {
        if (message.has("error")) {
            answer.completeExceptionally(new QmpException(
                    QmpException.Cause.REFUSED,
                    message.get("error").path("desc").asString("no reason given")));
        } else {
            answer.complete(message.path("return"));
        }
    }

    private static QmpException disconnected(String command) {
        return new QmpException(QmpException.Cause.DISCONNECTED, command + ": the connection to QEMU is gone");
    }

    /** Ends the connection. QEMU runs on. */
    @Override
    public void close() {
        socket.close();
    }
}
