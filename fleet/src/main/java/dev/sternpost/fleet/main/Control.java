package dev.sternpost.fleet.main;

import dev.sternpost.fleet.host.HostFault;
import dev.sternpost.fleet.host.SimulatedHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders to a running fleet over a Unix socket in its home: one line in, one line out. {@code status}, or
 * {@code fault HOST|--random dead|partition|slow|lying|disk-full|heal}.
 */
final class Control implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Control.class);

    private static final String SOCKET = "control.sock";
    private static final int LINE_BYTES_MAX = 4_096;

    private final Fleet fleet;
    private final Path socket;
    private final Random lot;
    private final ServerSocketChannel listener;

    Control(Fleet fleet, Path home, long seed) throws IOException {
        this.fleet = fleet;
        this.socket = home.resolve(SOCKET);
        this.lot = new Random(seed);
        Files.deleteIfExists(socket);
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("fleet-control").start(this::serve);
    }

    private void serve() {
        while (listener.isOpen()) {
            try (SocketChannel caller = listener.accept()) {
                String line = new BufferedReader(Channels.newReader(caller, StandardCharsets.UTF_8)).readLine();
                write(caller, line == null ? "error: nothing was asked" : answer(line.strip()));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.warn("an order could not be taken: {}", e.getMessage());
            }
        }
    }

    /** What an order comes to, in one line; "error: " before what cannot be done. */
    String answer(String line) {
        String[] words = line.split(" +");
        if (words[0].equals("status") && words.length == 1) {
            return StatusText.json(fleet.totals());
        }
        if (words[0].equals("fault") && words.length == 3) {
            return fault(words[1], words[2]);
        }
        return "error: an order is status, or fault HOST|--random dead|partition|slow|lying|disk-full|heal";
    }

    private String fault(String which, String word) {
        Optional<SimulatedHost> host = which.equals("--random") ? Optional.of(fleet.anyHost(lot)) : fleet.host(which);
        if (host.isEmpty()) {
            return "error: there is no host " + which + " in the fleet";
        }
        String name = host.get().name();
        if (word.equals("heal")) {
            fleet.heal(host.get());
            return name + " is healed";
        }
        Optional<HostFault> fault = HostFault.of(word);
        if (fault.isEmpty()) {
            return "error: a fault is dead, partition, slow, lying or disk-full; heal ends them all";
        }
        fleet.fault(host.get(), fault.get());
        return name + " is " + word + " now";
    }

    /** Gives an order to the fleet whose home this is. */
    static String ask(Path home, String line) throws IOException {
        try (SocketChannel fleet = SocketChannel.open(UnixDomainSocketAddress.of(home.resolve(SOCKET)))) {
            write(fleet, line);
            String answer = new BufferedReader(Channels.newReader(fleet, StandardCharsets.UTF_8)).readLine();
            return answer == null ? "error: the fleet did not answer" : answer;
        }
    }

    private static void write(SocketChannel to, String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LINE_BYTES_MAX) {
            throw new IOException("a line of " + bytes.length + " bytes");
        }
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            to.write(left);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            log.debug("the control socket stays behind: {}", e.getMessage());
        }
    }
}
