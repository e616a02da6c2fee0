package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.engine.VmLaunch;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hypervisor processes made of threads, which outlive the engine that started them as real ones do. Knows of every guest
 * whether it runs, and where, so that two at once are noticed at the instant they happen.
 */
final class FakeWorld {

    /** A guest that ran in two places at once; must stay empty. */
    final List<String> violations = new CopyOnWriteArrayList<>();

    private final Map<String, String> runningAt = new ConcurrentHashMap<>();
    private final Map<String, FakeGuest> guests = new ConcurrentHashMap<>();

    /** As real engines do, not longer than the thread may wait. */
    static boolean await(Duration timeout, BooleanSupplier condition) {
        long until = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted()) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(500_000);
        }
        return true;
    }

    FakeGuest guest(String vmId) {
        return guests.computeIfAbsent(vmId, _ -> new FakeGuest());
    }

    /** The host a guest runs on now; empty when it stands still. */
    String runningAt(String vmId) {
        return runningAt.getOrDefault(vmId, "");
    }

    private void begins(String vmId, String host) {
        String other = runningAt.put(vmId, host);
        if (other != null && !other.equals(host)) {
            violations.add(vmId + " runs on " + other + " and " + host);
        }
    }

    private void stops(String vmId, String host) {
        runningAt.remove(vmId, host);
    }

    /** One machine with its processes. */
    static final class Machine {
        final FakeWorld world;
        final String name;
        final Path sockets;
        final Map<String, Process> processes = new ConcurrentHashMap<>();
        volatile boolean failStart;

        /** What it offers guests that boot. */
        volatile String cpuModel = "model-1";

        volatile boolean failSuspend;
        volatile boolean neverConverges;

        /** Events are not told until this is opened. */
        volatile @Nullable CountDownLatch newsGate;

        /** A target that dies when it should acknowledge the last byte. */
        volatile boolean dieBeforeAck;

        /** A target that does not acknowledge the last byte until this is opened. */
        volatile @Nullable CountDownLatch ackGate;

        Machine(FakeWorld world, String name, Path sockets) {
            this.world = world;
            this.name = name;
            this.sockets = sockets;
        }

        Process process(String vmId) {
            Process process = processes.get(vmId);
            if (process == null) {
                throw new AssertionError(vmId + " has no process on " + name);
            }
            return process;
        }

        /** The power goes: all processes are gone without a word. */
        void losePower() {
            processes.values().forEach(process -> process.vanish(null));
        }
    }

    /** One hypervisor process. */
    static final class Process {
        final Machine machine;
        volatile VmLaunch launch;
        final FakeMover mover = new FakeMover(this);
        final long startedEpochMillis = System.currentTimeMillis();
        final Path socketDirectory;
        volatile MigrationPhase phase = MigrationPhase.NONE;
        volatile long stopNanos;
        volatile int intervalMillis;

        /** How often somebody asked how it stands. */
        final AtomicInteger looks = new AtomicInteger();

        private final List<Tick> ticks = new ArrayList<>();
        private RunState state = RunState.PAUSED;
        private @Nullable SocketChannel stream;
        private volatile @Nullable Consumer<EngineEvent> ear;

        Process(Machine machine, VmLaunch launch) throws IOException {
            this.machine = machine;
            this.launch = launch;
            this.socketDirectory = Files.createDirectories(machine.sockets.resolve(launch.vmId()));
            this.state = launch.mode() instanceof LaunchMode.Incoming ? RunState.INCOMING : RunState.PAUSED;
            Thread.ofVirtual().start(this::tick);
        }

        String vmId() {
            return launch.vmId();
        }

        void hearWith(@Nullable Consumer<EngineEvent> listener) {
            ear = listener;
        }

        void tell(EngineEvent event) {
            Consumer<EngineEvent> listener = ear;
            if (listener != null) {
                CountDownLatch gate = machine.newsGate;
                Thread.ofVirtual().start(() -> {
                    if (gate == null || opens(gate)) {
                        listener.accept(event);
                    }
                });
            }
        }

        synchronized RunState state() {
            return state;
        }

        synchronized void go() {
            if (state != RunState.RUNNING) {
                state = RunState.RUNNING;
                machine.world.begins(vmId(), machine.name);
            }
        }

        synchronized void stand(RunState next) {
            state = next;
            stopNanos = System.nanoTime();
            machine.world.stops(vmId(), machine.name);
        }

        /** The process ends; with an event when it was not asked to. */
        void vanish(@Nullable EngineEvent event) {
            synchronized (this) {
                if (state == RunState.ENDED) {
                    return;
                }
                stand(RunState.ENDED);
                machine.processes.remove(vmId(), this);
                closeStream();
                deleteSockets();
            }
            if (event != null) {
                tell(event);
            }
        }

        private void deleteSockets() {
            try (var files = Files.list(socketDirectory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
                Files.delete(socketDirectory);
            } catch (IOException e) {
                // A test's directory.
            }
        }

        void die() {
            vanish(new EngineEvent.EngineDied(vmId(), "killed by the test"));
        }

        // ---- migration, source

        void send(Path socket) throws IOException {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            stream = channel;
            phase = MigrationPhase.PRECOPY;
            Thread.ofVirtual().name("fake-send").start(() -> {
                try {
                    write(channel, new byte[1 << 16]);
                    ByteBuffer ack = ByteBuffer.allocate(1);
                    if (channel.read(ack) == 1) {
                        complete();
                    } else {
                        fail();
                    }
                } catch (IOException e) {
                    fail();
                }
            });
        }

        private synchronized void complete() {
            if (phase == MigrationPhase.DEVICE) {
                phase = MigrationPhase.COMPLETED;
                state = RunState.MIGRATED_AWAY;
            }
        }

        /** As QEMU does: when it cannot finish, the guest runs on here by itself. */
        private synchronized void fail() {
            if (!phase.ended()) {
                phase = MigrationPhase.FAILED;
                if (state != RunState.ENDED) {
                    go();
                }
            }
        }

        synchronized void stopForSwitchover() {
            if (phase == MigrationPhase.PRECOPY) {
                stand(RunState.PAUSED);
                phase = MigrationPhase.PRE_SWITCHOVER;
            }
        }

        void sendRest() throws IOException {
            SocketChannel channel = stream;
            synchronized (this) {
                if (phase != MigrationPhase.PRE_SWITCHOVER || channel == null) {
                    throw new IOException("not waiting");
                }
                phase = MigrationPhase.DEVICE;
            }
            write(channel, new byte[] {'E'});
        }

        synchronized MigrationPhase cancelSending() {
            if (!phase.ended() && phase != MigrationPhase.DEVICE) {
                phase = MigrationPhase.CANCELLED;
                closeStream();
                if (state != RunState.ENDED) {
                    go();
                }
            }
            return phase;
        }

        // ---- migration, target

        void listen(Path socket) throws IOException {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().name("fake-receive").start(() -> {
                try (server;
                        SocketChannel channel = server.accept()) {
                    stream = channel;
                    receive(channel);
                } catch (IOException e) {
                    lose();
                }
            });
        }

        private void receive(SocketChannel channel) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (true) {
                int got = channel.read(buffer.clear());
                if (got < 0) {
                    lose();
                    return;
                }
                if (buffer.get(got - 1) == 'E') {
                    break;
                }
            }
            if (machine.dieBeforeAck) {
                lose();
                return;
            }
            CountDownLatch gate = machine.ackGate;
            if (gate != null) {
                if (!opens(gate)) {
                    throw new IOException("the test forgot its gate");
                }
            }
            synchronized (this) {
                state = RunState.LOADED;
            }
            write(channel, new byte[] {'A'});
            channel.read(buffer.clear()); // Until the source goes.
        }

        private void lose() {
            if (state() == RunState.INCOMING) {
                vanish(new EngineEvent.EngineDied(vmId(), "load of migration failed"));
            }
        }

        private static boolean opens(CountDownLatch gate) {
            try {
                return gate.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }

        private void closeStream() {
            SocketChannel channel = stream;
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // It is gone.
                }
            }
        }

        private static void write(SocketChannel channel, byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        // ---- the guest's ticker

        List<Tick> ticks() {
            synchronized (ticks) {
                return List.copyOf(ticks);
            }
        }

        void startTicks(int everyMillis) {
            synchronized (ticks) {
                ticks.clear();
            }
            intervalMillis = everyMillis;
            machine.world.guest(vmId()).ticks |= everyMillis > 0 && machine.world.guest(vmId()).tools;
        }

        private void tick() {
            while (state() != RunState.ENDED) {
                LockSupport.parkNanos(2_000_000);
                FakeGuest guest = machine.world.guest(vmId());
                if (guest.ticks && state() == RunState.RUNNING) {
                    long now = System.nanoTime();
                    synchronized (ticks) {
                        ticks.add(new Tick(guest.tickCount++, now, now, now, System.currentTimeMillis() * 1_000_000));
                    }
                }
            }
        }
    }
}
