package dev.sternpost.agent.relay;

import dev.sternpost.agent.relay.RelayHeader.Kind;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The target's end of a relayed migration: waits for one stream and one control connection of the source's agent. */
public final class Inbound {

    private static final Logger log = LoggerFactory.getLogger(Inbound.class);

    /** More than a virtual machine has. */
    static final int DISKS_MAX = 32;

    private final InboundOrder order;
    private final RelayLimits limits;
    private final Deadlines deadlines;
    private final Runnable withdraw;
    private final Set<Kind> taken = EnumSet.noneOf(Kind.class);
    private final CompletableFuture<Void> streamEnd = new CompletableFuture<>();
    private @Nullable ControlLine control;
    private @Nullable StreamPump pump;
    private final List<StreamPump> disks = new ArrayList<>();
    private int disksTaken;
    private boolean closed;

    Inbound(InboundOrder order, RelayLimits limits, Deadlines deadlines, Runnable withdraw) {
        this.order = order;
        this.limits = limits;
        this.deadlines = deadlines;
        this.withdraw = withdraw;
    }

    /** Bytes of the migration stream received so far. */
    public synchronized long bytesReceived() {
        return pump == null ? 0 : pump.bytesFromPeer();
    }

    /** Completes when the stream ended in order; fails with an IOException that says why it broke. */
    public CompletableFuture<Void> streamEnd() {
        return streamEnd;
    }

    /** Refuses further connections and cuts those there are. Repeating it is harmless. */
    public void cut(String reason) {
        withdraw.run();
        StreamPump stream;
        ControlLine line;
        List<StreamPump> carried;
        synchronized (this) {
            closed = true;
            carried = List.copyOf(disks);
            stream = pump;
            line = control;
        }
        if (stream != null) {
            stream.cut(reason);
        }
        if (line != null) {
            line.close(reason);
        }
        carried.forEach(disk -> disk.cut(reason));
        streamEnd.completeExceptionally(new IOException(reason));
    }

    InboundOrder order() {
        return order;
    }

    /** Takes the only connection of that kind, or one more for a disk; false when it was there already or this is over. */
    synchronized boolean take(Kind kind) {
        if (kind == Kind.DISK) {
            return !closed && order.diskSocket() != null && disksTaken++ < DISKS_MAX;
        }
        return !closed && kind != Kind.FILES && taken.add(kind);
    }

    /** Goes on with a connection that was taken. Keeps it for as long as it lives. */
    void run(Kind kind, TlsChannel channel) throws IOException {
        switch (kind) {
            case CONTROL -> runControl(channel);
            case STREAM -> runStream(channel);
            case DISK -> runDisk(channel, Objects.requireNonNull(order.diskSocket()));
            case PEER, FILES -> throw new IllegalArgumentException("not a connection of a migration");
        }
    }

    private void runControl(TlsChannel channel) {
        ControlLine line = new ControlLine(channel, limits, deadlines);
        synchronized (this) {
            control = line;
        }
        line.lost().thenAccept(reason -> {
            // Without the source's word nothing more can happen here, and the engine must learn that the stream is
            // dead.
            log.info("migration {}: {}", order.migrationId(), reason);
            cut(reason);
        });
        line.listen((message, arrivalNanos) -> heard(line, message, arrivalNanos));
        line.lost().join();
    }

    private void heard(ControlLine line, ControlMessage message, long arrivalNanos) throws IOException {
        switch (message) {
            case ControlMessage.Probe(long t0) ->
                line.send(new ControlMessage.ProbeAnswer(t0, arrivalNanos, System.nanoTime()));
            case ControlMessage.Release(Go go) ->
                // On its own thread: probes are answered meanwhile.
                Thread.ofVirtual().name("relay-go").start(() -> release(line, go));
            case ControlMessage.ProbeAnswer _, ControlMessage.Released _ ->
                throw new IOException("the source sent a message that only a target sends");
        }
    }

    private void release(ControlLine line, Go go) {
        GoAnswer answer;
        try {
            answer = order.listener().released(go);
        } catch (RuntimeException e) {
            // The source is told in any case; it does not let its guest run again whatever the answer is.
            log.warn("migration {}: the guest could not be let run on the source's word", order.migrationId(), e);
            answer = new GoAnswer(false, String.valueOf(e.getMessage()));
        }
        try {
            line.send(new ControlMessage.Released(answer));
        } catch (IOException e) {
            log.info("migration {}: the answer did not reach the source: {}", order.migrationId(), e.getMessage());
        }
    }

    private void runDisk(TlsChannel channel, Path socket) throws IOException {
        StreamPump started =
                new StreamPump(SocketChannel.open(UnixDomainSocketAddress.of(socket)), channel, 0, limits, deadlines);
        synchronized (this) {
            disks.add(started);
            if (closed) {
                started.cut("cut before it began");
            }
        }
        started.end().exceptionally(_ -> null).join();
    }

    private void runStream(TlsChannel channel) throws IOException {
        SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(order.streamSocket()));
        StreamPump started = new StreamPump(engine, channel, 0, limits, deadlines);
        synchronized (this) {
            pump = started;
            if (closed) {
                started.cut("cut before the stream began");
            }
        }
        started.end().whenComplete((_, failure) -> {
            if (failure == null) {
                streamEnd.complete(null);
            } else {
                streamEnd.completeExceptionally(failure);
            }
        });
        started.end().exceptionally(_ -> null).join();
    }
}
