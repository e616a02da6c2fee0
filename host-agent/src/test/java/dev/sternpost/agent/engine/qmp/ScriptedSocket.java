package dev.sternpost.agent.engine.qmp;

import dev.sternpost.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a unix socket, by hand: remembers the lines it hears, answers as the test says, and speaks when it is
 * told to. Lies in a short directory of its own, since a socket's path must be short.
 */
public final class ScriptedSocket implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Path directory;
    private final Path path;
    private final ServerSocketChannel server;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile Function<String, String> answer;
    private volatile @Nullable SocketChannel peer;

    /**
     * @param greeting said to whoever connects
     * @param answer said to each line; nothing when empty
     */
    public ScriptedSocket(String greeting, Function<String, String> answer) {
        this.answer = answer;
        try {
            directory = Files.createTempDirectory(Path.of("/tmp"), "sps");
            path = directory.resolve("s");
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("scripted-socket").start(() -> serve(greeting));
    }

    private void serve(String greeting) {
        try {
            SocketChannel channel = server.accept();
            peer = channel;
            write(channel, greeting.getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer.clear()) >= 0) {
                for (buffer.flip(); buffer.hasRemaining(); ) {
                    byte one = buffer.get();
                    if (one != '\n') {
                        line.write(one);
                        continue;
                    }
                    String text = line.toString(StandardCharsets.ISO_8859_1);
                    line.reset();
                    heard.add(text);
                    write(channel, answer.apply(text).getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            return; // It was closed, by the test or by what is tested.
        }
    }

    public Path path() {
        return path;
    }

    /** The lines that came, in order. */
    public List<String> heard() {
        return heard;
    }

    public void answer(Function<String, String> next) {
        answer = next;
    }

    /** Says something by itself. */
    public void say(String text) {
        say(text.getBytes(StandardCharsets.UTF_8));
    }

    public void say(byte[] bytes) {
        try {
            write(peer(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the connection. */
    public void hangUp() {
        try {
            peer().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the other side has ended the connection. */
    public void awaitHangUp() {
        SocketChannel channel = peer();
        Await.until("the other side hangs up", BOUND, () -> {
            try {
                write(channel, new byte[] {'\n'});
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    private SocketChannel peer() {
        Await.until("somebody is connected", BOUND, () -> peer != null);
        SocketChannel channel = peer;
        if (channel == null) {
            throw new AssertionError("nobody is connected");
        }
        return channel;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            SocketChannel channel = peer;
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
