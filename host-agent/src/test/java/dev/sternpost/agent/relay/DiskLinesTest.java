package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One connection for each disk, over which the target's engine speaks first. */
@Timeout(60)
class DiskLinesTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final int DISKS = 16;

    private final Relay source = relay(AUTHORITY.host("host-1"));
    private final Relay target = relay(AUTHORITY.host("host-2"));

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        source.close();
        target.close();
    }

    @Test
    void what_the_target_says_first_reaches_each_disk_and_all_end_with_the_migration() throws Exception {
        Path server = directory.resolve("server");
        Path client = directory.resolve("client");
        InboundOrder order = new InboundOrder(
                "mig-1", "ticket", "host-1", directory.resolve("in"), _ -> new GoAnswer(true, ""), server);
        OutboundOrder away =
                new OutboundOrder("mig-1", "ticket", "host-2", target.address(), directory.resolve("out"), 0);
        List<SocketChannel> disks = new ArrayList<>();
        try (ServerSocketChannel greeter = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            greeter.bind(UnixDomainSocketAddress.of(server), DISKS);
            Thread.ofVirtual().start(() -> greet(greeter));
            target.expect(order);
            Outbound outbound = source.connect(away);
            source.connectDisks(outbound, away, client, DISKS);
            for (int i = 0; i < DISKS; i++) {
                SocketChannel disk = SocketChannel.open(UnixDomainSocketAddress.of(client));
                disks.add(disk);
                assertThat(UnixEnds.read(disk, 5)).asString().isEqualTo("hello");
                UnixEnds.write(disk, new byte[] {(byte) i});
                assertThat(UnixEnds.read(disk, 1)).containsExactly(i);
            }
            outbound.cut("it is over");
            for (SocketChannel disk : disks) {
                assertThat(UnixEnds.read(disk, 1)).isEmpty();
            }
            outbound.lost().get(10, TimeUnit.SECONDS);
        } finally {
            for (SocketChannel disk : disks) {
                disk.close();
            }
        }
    }

    private static void greet(ServerSocketChannel greeter) {
        try {
            while (true) {
                SocketChannel disk = greeter.accept();
                Thread.ofVirtual().start(() -> {
                    try (disk) {
                        UnixEnds.write(disk, "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                        UnixEnds.write(disk, UnixEnds.read(disk, 1));
                        UnixEnds.read(disk, 1);
                    } catch (IOException e) {
                        // Cut, as the test wants it.
                    }
                });
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static Relay relay(HostIdentity identity) {
        return Relay.open(
                () -> identity, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RelayLimits.DEFAULT);
    }
}
