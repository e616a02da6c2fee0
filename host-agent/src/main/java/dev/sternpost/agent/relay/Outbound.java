package dev.sternpost.agent.relay;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The source's end of a relayed migration. */
public final class Outbound {

    private final ServerSocketChannel listener;
    private final TlsChannel streamPeer;
    private final ControlLine control;
    private final RelayLimits limits;
    private final Deadlines deadlines;
    private final long bytesPerSecondMax;
    private final ClockComparison clocks = new ClockComparison();
    private final CompletableFuture<GoAnswer> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> streamEnd = new CompletableFuture<>();
    private volatile @Nullable StreamPump pump;

    Outbound(
            ServerSocketChannel listener,
            TlsChannel streamPeer,
            ControlLine control,
            long bytesPerSecondMax,
            RelayLimits limits,
            Deadlines deadlines) {
        this.listener = listener;
        this.streamPeer = streamPeer;
        this.control = control;
        this.limits = limits;
        this.deadlines = deadlines;
        this.bytesPerSecondMax = bytesPerSecondMax;
        control.listen(this::heard);
        Future<?> probing =
                deadlines.every(limits.probe(), () -> Thread.ofVirtual().start(this::probe));
        control.lost().thenAccept(reason -> {
            probing.cancel(false);
            answer.completeExceptionally(new IOException(reason));
            cut(reason);
        });
        Thread.ofVirtual().name("relay-accept").start(this::acceptEngine);
        Thread.ofVirtual().start(this::probe);
    }

    /** The comparison of the two hosts' clocks; empty until the first probe came back. */
    public Optional<ClockOffset> clock() {
        return clocks.best();
    }

    /** Bytes of the migration stream sent so far. */
    public long bytesSent() {
        StreamPump current = pump;
        return current == null ? 0 : current.bytesToPeer();
    }

    /** Completes when the stream ended in order; fails with an IOException that says why it broke. */
    public CompletableFuture<Void> streamEnd() {
        return streamEnd;
    }

    /** Completes with the reason once the other host cannot be heard any more, whoever ended the connection. */
    public CompletableFuture<String> lost() {
        return control.lost();
    }

    /**
     * Tells the target that the guest may run there, and waits for the answer.
     *
     * @throws FaultException OPERATION_TIMED_OUT when no answer came: the guest may or may not run there
     */
    public GoAnswer go(Go go, Duration timeout) {
        try {
            control.send(new ControlMessage.Release(go));
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new FaultException(
                    FaultCode.OPERATION_TIMED_OUT,
                    "the target did not answer the word to let the guest run (" + e.getMessage()
                            + "); the server will ask it to");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, "the agent is ending");
        }
    }

    /** Cuts stream and control connection at once. Repeating it is harmless. */
    public void cut(String reason) {
        Deadlines.closeQuietly(listener);
        StreamPump current = pump;
        if (current != null) {
            current.cut(reason);
        }
        Deadlines.closeQuietly(streamPeer);
        control.close(reason);
        streamEnd.completeExceptionally(new IOException(reason));
    }

    private void acceptEngine() {
        try {
            SocketChannel engine = listener.accept();
            listener.close();
            StreamPump started = new StreamPump(engine, streamPeer, bytesPerSecondMax, limits, deadlines);
            pump = started;
            started.end().whenComplete((_, failure) -> {
                if (failure == null) {
                    streamEnd.complete(null);
                } else {
                    streamEnd.completeExceptionally(failure);
                }
            });
            if (streamEnd.isCompletedExceptionally()) {
                started.cut("cut before the stream began");
            }
        } catch (IOException e) {
            streamEnd.completeExceptionally(e);
        }
    }

    private void heard(ControlMessage message, long arrivalNanos) throws IOException {
        switch (message) {
            case ControlMessage.ProbeAnswer(long t0, long t1, long t2) -> clocks.add(t0, t1, t2, arrivalNanos);
            case ControlMessage.Released(GoAnswer told) -> answer.complete(told);
            case ControlMessage.Probe _, ControlMessage.Release _ ->
                throw new IOException("the target sent a message that only a source sends");
        }
    }

    private void probe() {
        try {
            control.send(new ControlMessage.Probe(System.nanoTime()));
        } catch (IOException e) {
            control.close("the control connection broke: " + e);
        }
    }
}
