package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard's side of its socket, one line each way: the agent says {@code says <isolated>} or {@code end}; the guard says
 * {@code lease <epoch> <until>}, {@code fence ok|bad <words>}, {@code tell <kind> <words>}. The newest agent is the one that is spoken to; what
 * happened while none was there is told to the next.
 */
final class GuardServer implements GuardRunner.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GuardServer.class);

    private static final int UNTOLD_MAX = 100;
    private static final int WAITING_MAX = 256;

    private final GuardFiles files;
    private final Runnable end;
    private final ServerSocketChannel listener;
    private final Deque<String> untold = new ArrayDeque<>();
    private @Nullable Line agent;
    private String lease = "";
    private String proof = "";

    /** Whether virtual machines can be stopped, and how that is known. */
    record Proof(boolean works, String words) {}

    GuardServer(GuardFiles files, Runnable end) throws IOException {
        this.files = files;
        this.end = end;
        Files.deleteIfExists(files.socket());
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(files.socket()), 4);
        Files.setPosixFilePermissions(files.socket(), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(files.pid(), Long.toString(ProcessHandle.current().pid()));
    }

    void start(Consumer<Boolean> says) {
        Thread.ofPlatform().daemon().name("guard-socket").start(() -> accept(says));
    }

    synchronized void proved(Proof found) {
        proof = "fence " + (found.works() ? "ok " : "bad ") + oneLine(found.words());
        send(proof);
    }

    @Override
    public synchronized void lease(Effect.LeaseIs now) {
        lease = "lease " + now.epoch() + " " + now.untilMillis();
        send(lease);
    }

    @Override
    public synchronized void happened(Happening happening) {
        String line = "tell " + happening.kind() + " " + oneLine(happening.words());
        if (!send(line)) {
            if (untold.size() == UNTOLD_MAX) {
                untold.removeFirst();
            }
            untold.addLast(line);
        }
    }

    private static String oneLine(String words) {
        return words.replaceAll("\\s+", " ");
    }

    private void accept(Consumer<Boolean> says) {
        while (listener.isOpen()) {
            try {
                Line line = new Line(listener.accept());
                greet(line);
                thread("guard-tells", () -> tell(line));
                thread("guard-hears", () -> hear(line, says));
            } catch (IOException e) {
                log.debug("the guard's socket: {}", e.toString());
            }
        }
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    private synchronized void greet(Line line) {
        closeAgent();
        agent = line;
        if (!lease.isEmpty()) {
            send(lease);
        }
        if (!proof.isEmpty()) {
            send(proof);
        }
        while (!untold.isEmpty() && send(untold.getFirst())) {
            untold.removeFirst();
        }
    }

    private void hear(Line line, Consumer<Boolean> says) {
        try (BufferedReader words = new BufferedReader(Channels.newReader(line.channel(), StandardCharsets.UTF_8))) {
            for (String word = words.readLine(); word != null; word = words.readLine()) {
                if (word.equals("end")) {
                    end.run();
                } else if (word.startsWith("says ")) {
                    says.accept(Boolean.parseBoolean(word.substring(5)));
                    answer();
                }
            }
        } catch (IOException e) {
            log.debug("the agent has gone: {}", e.toString());
        } finally {
            gone(line);
        }
    }

    /** That this process does anything: an agent that hears nothing for long has another take its place. */
    private synchronized void answer() {
        send("alive");
    }

    private void tell(Line line) {
        try {
            while (line.channel().isOpen()) {
                ByteBuffer bytes = ByteBuffer.wrap((line.waiting().take() + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    line.channel().write(bytes);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            forget(line); // What it said before it went is still to be heard.
        }
    }

    private synchronized void forget(Line line) {
        if (line.equals(agent)) {
            agent = null;
        }
    }

    private synchronized void gone(Line line) {
        if (line.equals(agent)) {
            closeAgent();
        }
    }

    /** An agent that is stopped does not read; it must not hold up the guard, and is given up when too much waits for it. */
    private boolean send(String words) {
        Line line = agent;
        if (line == null) {
            return false;
        }
        if (!line.waiting().offer(words)) {
            closeAgent();
            return false;
        }
        return true;
    }

    private void closeAgent() {
        Line line = agent;
        agent = null;
        if (line != null) {
            try {
                line.channel().close();
            } catch (IOException e) {
                log.debug("an agent's line does not close: {}", e.toString());
            }
        }
    }

    /** The line to an agent, and what waits to be told to it. */
    private record Line(SocketChannel channel, ArrayBlockingQueue<String> waiting) {
        Line(SocketChannel channel) {
            this(channel, new ArrayBlockingQueue<>(WAITING_MAX));
        }
    }

    @Override
    public synchronized void close() {
        closeAgent();
        try {
            listener.close();
            Files.deleteIfExists(files.socket());
            Files.deleteIfExists(files.pid());
        } catch (IOException e) {
            log.debug("the guard's socket does not close: {}", e.toString());
        }
    }
}
