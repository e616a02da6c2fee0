package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.TickLog;
import dev.sternpost.agent.engine.TickProbe;
import dev.sternpost.agent.engine.qmp.LineSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guest's ticks over the serial port {@code dev.sternpost.probe.0}. */
final class SerialTickProbe implements TickProbe, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SerialTickProbe.class);
    private static final int INTERVAL_MILLIS_MAX = 10_000;

    private final String vmId;
    private final LineSocket socket;
    private final BooleanSupplier guestListens;
    private final TickLog log = new TickLog();

    SerialTickProbe(String vmId, Path path, BooleanSupplier guestListens) throws IOException {
        this.vmId = vmId;
        this.socket = LineSocket.connect(path);
        this.guestListens = guestListens;
        Thread.ofVirtual().name("probe-" + vmId).start(this::read);
    }

    private void read() {
        try {
            for (byte[] line = socket.readLine(); line != null; line = socket.readLine()) {
                log.line(line);
            }
        } catch (IOException e) {
            LOG.debug("probe of {}: {}", vmId, e.toString());
        } finally {
            socket.close();
        }
    }

    @Override
    public void start(int intervalMillis) {
        if (intervalMillis < 1 || intervalMillis > INTERVAL_MILLIS_MAX) {
            throw new IllegalArgumentException("interval must be 1 to " + INTERVAL_MILLIS_MAX + " ms");
        }
        log.clear();
        say("start " + intervalMillis + "\n");
    }

    @Override
    public void stop() {
        say("stop\n");
    }

    // Nothing is sent while nobody in the guest listens: it would be obeyed at an unexpected moment later.
    private void say(String words) {
        if (!guestListens.getAsBoolean()) {
            return;
        }
        try {
            socket.write(words.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("probe of {}: {}", vmId, e.toString());
        }
    }

    @Override
    public Optional<Tick> last() {
        return log.last();
    }

    @Override
    public List<Tick> recent() {
        return log.recent();
    }

    @Override
    public Optional<Tick> awaitTick(long sequenceAbove, Duration timeout) {
        return log.await(sequenceAbove, timeout);
    }

    @Override
    public void close() {
        socket.close();
    }
}
