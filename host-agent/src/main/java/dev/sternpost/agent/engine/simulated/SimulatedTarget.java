package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.Signal;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The receiving side of a simulated guest. */
final class SimulatedTarget implements MigrationTarget {

    private final SimulatedProcess process;
    private final Signal signal = new Signal();
    private volatile @Nullable ServerSocketChannel server;
    private volatile @Nullable RunInstant ran;

    SimulatedTarget(SimulatedProcess process) {
        this.process = process;
    }

    @Override
    public void listen(Path socket) {
        try {
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
            server = listening;
            Thread.ofVirtual()
                    .name("simulated-target-" + process.launch().vmId())
                    .start(() -> receive(listening));
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(FaultCode.HOST_ERROR, "The simulated target cannot listen; look at the host.")
                            .about(process.launch().vmId())
                            .withContext(e.toString()),
                    e);
        }
    }

    private void receive(ServerSocketChannel listening) {
        try (listening;
                SocketChannel from = listening.accept()) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(from)));
            SimulatedProcessor processor = new SimulatedProcessor();
            process.replaceMemory(MemoryStream.receive(in, processor), processor);
            process.become(RunState.LOADED);
            from.write(ByteBuffer.wrap(new byte[] {MemoryStream.ACKNOWLEDGED}));
        } catch (IOException e) {
            if (process.state() == RunState.INCOMING) {
                process.die("load of migration failed: " + e.getMessage());
            }
        } finally {
            signal.raise();
        }
    }

    @Override
    public void awaitLoaded(Duration timeout) {
        signal.await(timeout, () -> process.state() != RunState.INCOMING);
        switch (process.state()) {
            case INCOMING ->
                throw new FaultException(
                        FaultCode.OPERATION_TIMED_OUT,
                        process.launch().vmId(),
                        "The memory of the live migration has not arrived in time; ask for the state of the migration.");
            case ENDED -> throw notThere();
            case LOADED, RUNNING, PAUSED, MIGRATED_AWAY, IO_ERROR, GUEST_PANICKED -> {
                return;
            }
        }
    }

    @Override
    public synchronized RunInstant activate() {
        RunInstant before = ran;
        if (before != null) {
            return before;
        }
        if (process.state() != RunState.LOADED) {
            throw notThere();
        }
        if (!process.hardware().lockDisks(process)) {
            throw SimulatedEngine.locked(process.launch().vmId());
        }
        process.setRunning(true);
        RunInstant now = new RunInstant(System.nanoTime(), System.currentTimeMillis() * 1_000_000);
        ran = now;
        return now;
    }

    private FaultException notThere() {
        return new FaultException(
                FaultCode.MIGRATION_FAILED,
                process.launch().vmId(),
                "The memory of the live migration did not arrive whole, so the virtual machine cannot run here; it"
                        + " stays on its host, try again.");
    }

    /** The process is gone. */
    void ended() {
        ServerSocketChannel listening = server;
        try {
            if (listening != null) {
                listening.close();
            }
        } catch (IOException e) {
            // Nobody can connect any more either way.
            return;
        } finally {
            signal.raise();
        }
    }
}
