package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.LineSocket;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * QEMU's guest agent (qemu-ga's QAPI schema) over one lasting connection: guest agents have been seen to spin when they
 * are met by short connections. Answers carry no id, so after any silence the two ends agree anew by
 * {@code guest-sync-delimited}, and nothing is sent while the guest does not listen, for it would pile up.
 */
final class GuestAgentChannel implements GuestAgent, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GuestAgentChannel.class);
    private static final byte DELIMITER = (byte) 0xff;
    private static final int ANSWERS_MAX = 16;
    private static final int ADDRESSES_MAX = 64;
    private static final long SYNC_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final Duration EXEC_POLL = Duration.ofMillis(20);

    private final String vmId;
    private final LineSocket socket;
    private final BooleanSupplier guestListens;
    private final BlockingQueue<JsonNode> answers = new ArrayBlockingQueue<>(ANSWERS_MAX);
    private final ReentrantLock turn = new ReentrantLock();
    private boolean inStep;
    private long awaitedSync = -1;
    private long syncSentNanoTime;

    /** @param guestListens whether a program in the guest has the channel open */
    GuestAgentChannel(String vmId, Path path, BooleanSupplier guestListens) throws IOException {
        this.vmId = vmId;
        this.socket = LineSocket.connect(path);
        this.guestListens = guestListens;
        Thread.ofVirtual().name("guest-agent-" + vmId).start(this::read);
    }

    private void read() {
        try {
            for (byte[] line = socket.readLine(); line != null; line = socket.readLine()) {
                received(line);
            }
        } catch (IOException e) {
            LOG.debug("guest agent of {}: {}", vmId, e.toString());
        } finally {
            socket.close();
        }
    }

    private void received(byte[] line) {
        int from = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == DELIMITER) {
                from = i + 1;
            }
        }
        try {
            JsonNode answer = Json.parse(Arrays.copyOfRange(line, from, line.length));
            // Every answer is an object; an empty line, for one, is nothing.
            if (answer.isObject() && !answers.offer(answer)) {
                LOG.debug("guest agent of {} talks without being asked", vmId);
            }
        } catch (IllegalArgumentException e) {
            // What the guest says is not to be trusted; a broken line is as good as none.
            LOG.debug("guest agent of {}: {}", vmId, e.toString());
        }
    }

    @Override
    public boolean ping(Duration timeout) {
        try {
            ask(timeout, "guest-ping", Json.object());
            return true;
        } catch (FaultException e) {
            return false;
        }
    }

    @Override
    public GuestIdentity identity(Duration timeout) {
        String host = ask(timeout, "guest-get-host-name", Json.object())
                .path("host-name")
                .asString("");
        String os;
        try {
            JsonNode info = ask(timeout, "guest-get-osinfo", Json.object());
            os = info.path("pretty-name").asString(info.path("name").asString(""));
        } catch (FaultException e) {
            if (e.code() != FaultCode.REQUEST_INVALID) {
                throw e;
            }
            // Small guests have no description of themselves.
            os = "";
        }
        return new GuestIdentity(host, os);
    }

    @Override
    public List<String> ipAddresses(Duration timeout) {
        JsonNode interfaces = ask(timeout, "guest-network-get-interfaces", Json.object());
        List<String> addresses = new ArrayList<>();
        for (JsonNode one : interfaces) {
            for (JsonNode address : one.path("ip-addresses")) {
                String text = address.path("ip-address").asString("");
                if (!text.isEmpty() && !isLoopback(text) && addresses.size() < ADDRESSES_MAX) {
                    addresses.add(text);
                }
            }
        }
        addresses.sort(Comparator.comparingInt(GuestAgentChannel::usefulness));
        return addresses;
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1");
    }

    private static int usefulness(String address) {
        boolean linkLocal = address.startsWith("169.254.") || address.startsWith("fe80:");
        return (linkLocal ? 2 : 0) + (address.contains(":") ? 1 : 0);
    }

    @Override
    public GuestProgramOutput run(String program, List<String> arguments, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        JsonNode started =
                ask(timeout, "guest-exec", Json.object("path", program, "arg", arguments, "capture-output", true));
        long pid = started.path("pid").asLong(-1);
        while (true) {
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            JsonNode status = ask(left, "guest-exec-status", Json.object("pid", pid));
            if (status.path("exited").asBoolean(false)) {
                int exitCode = status.has("signal")
                        ? 128 + status.path("signal").asInt(0)
                        : status.path("exitcode").asInt(0);
                return new GuestProgramOutput(exitCode, output(status, "out-data"), output(status, "err-data"));
            }
            if (System.nanoTime() - deadline >= 0) {
                throw silent("The program in the guest did not end in time; it may still run there.");
            }
            pause();
        }
    }

    private static byte[] output(JsonNode status, String field) {
        try {
            byte[] bytes = Base64.getDecoder().decode(status.path(field).asString(""));
            return bytes.length <= GuestProgramOutput.OUTPUT_BYTES_MAX
                    ? bytes
                    : Arrays.copyOf(bytes, GuestProgramOutput.OUTPUT_BYTES_MAX);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static void pause() {
        try {
            Thread.sleep(EXEC_POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "The agent is stopping; try again."), e);
        }
    }

    @Override
    public void shutdown() {
        Duration timeout = Duration.ofSeconds(5);
        acquire(timeout);
        try {
            long deadline = System.nanoTime() + timeout.toNanos();
            synchronize(deadline);
            send(Json.object("execute", "guest-shutdown", "arguments", Json.object("mode", "powerdown")));
            // It answers only when it fails.
            inStep = false;
        } finally {
            turn.unlock();
        }
    }

    private JsonNode ask(Duration timeout, String command, JsonNode arguments) {
        long deadline = System.nanoTime() + timeout.toNanos();
        acquire(timeout);
        try {
            synchronize(deadline);
            inStep = false;
            send(Json.object("execute", command, "arguments", arguments));
            JsonNode answer = next(deadline);
            if (answer == null) {
                throw silent("The guest agent does not answer; check that it runs in the guest.");
            }
            inStep = true;
            if (answer.has("error")) {
                throw refused(answer.path("error").path("desc").asString("no reason given"));
            }
            return answer.path("return");
        } finally {
            turn.unlock();
        }
    }

    private void acquire(Duration timeout) {
        try {
            if (!turn.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw silent("The guest agent is busy with another request; try again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "The agent is stopping; try again."), e);
        }
    }

    private void synchronize(long deadline) {
        if (inStep && answers.isEmpty()) {
            return;
        }
        if (!guestListens.getAsBoolean()) {
            awaitedSync = -1;
            throw silent("No guest agent runs in the guest; install and start qemu-guest-agent there.");
        }
        if (awaitedSync < 0 || System.nanoTime() - syncSentNanoTime > SYNC_AGAIN_NANOS) {
            awaitedSync = ThreadLocalRandom.current().nextLong(1, 1L << 31);
            syncSentNanoTime = System.nanoTime();
            write(new byte[] {DELIMITER});
            send(Json.object("execute", "guest-sync-delimited", "arguments", Json.object("id", awaitedSync)));
        }
        for (JsonNode answer = next(deadline); answer != null; answer = next(deadline)) {
            if (answer.path("return").isIntegralNumber()
                    && answer.path("return").asLong() == awaitedSync) {
                awaitedSync = -1;
                inStep = true;
                return;
            }
        }
        throw silent("The guest agent does not answer; check that it runs in the guest.");
    }

    private @Nullable JsonNode next(long deadline) {
        try {
            return answers.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "The agent is stopping; try again."), e);
        }
    }

    private void send(JsonNode message) {
        byte[] text = Json.bytes(message);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        write(line);
    }

    private void write(byte[] bytes) {
        try {
            socket.write(bytes);
        } catch (IOException e) {
            inStep = false;
            throw silent("The channel to the guest agent is gone; query the virtual machine's state.");
        }
    }

    private FaultException refused(String reason) {
        String shown = reason.length() > 300 ? reason.substring(0, 300) : reason;
        return new FaultException(
                FaultCode.REQUEST_INVALID,
                vmId,
                "The guest refused: " + shown.replaceAll("\\p{Cntrl}", " ").strip() + ".");
    }

    private FaultException silent(String message) {
        return new FaultException(FaultCode.GUEST_NOT_RESPONDING, vmId, message);
    }

    @Override
    public void close() {
        socket.close();
    }
}
