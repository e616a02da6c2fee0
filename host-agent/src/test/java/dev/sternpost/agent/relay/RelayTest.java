package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RelayTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final HostIdentity SOURCE = AUTHORITY.host("host-1");
    private static final HostIdentity TARGET = AUTHORITY.host("host-2");
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final RelayLimits LIMITS = new RelayLimits(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(20));

    private final List<AutoCloseable> open = new ArrayList<>();
    private Relay source = relay(SOURCE, LIMITS);
    private Relay target = relay(TARGET, LIMITS);

    @TempDir
    Path directory;

    @BeforeEach
    void removeSockets() throws IOException {
        Files.deleteIfExists(socket("out"));
        Files.deleteIfExists(socket("in"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void bytes_arrive_whole_both_ways_and_are_counted_and_one_direction_may_end_before_the_other() throws Exception {
        byte[] memory = new byte[5_000_003];
        new Random(7).nextBytes(memory);
        Migration migration = begin(0);

        CompletableFuture<byte[]> arrived = CompletableFuture.supplyAsync(
                () -> unchecked(() -> UnixEnds.read(migration.loader, memory.length + 1)));
        UnixEnds.write(migration.engine, memory);
        migration.engine.shutdownOutput();

        assertThat(arrived.get(20, TimeUnit.SECONDS)).isEqualTo(memory);
        UnixEnds.write(migration.loader, new byte[] {4, 2});
        assertThat(UnixEnds.read(migration.engine, 2)).containsExactly(4, 2);
        migration.loader.shutdownOutput();
        migration.outbound.streamEnd().get(20, TimeUnit.SECONDS);
        migration.inbound.streamEnd().get(20, TimeUnit.SECONDS);
        assertThat(migration.outbound.bytesSent()).isEqualTo(memory.length);
        assertThat(migration.inbound.bytesReceived()).isEqualTo(memory.length);
    }

    @Test
    void a_wrong_ticket_an_unknown_migration_and_another_host_are_all_refused_in_the_same_words() {
        target.expect(order("right ticket", "host-1"));

        assertRefused(() -> source.connect(outbound("mig-1", "wrong ticket", "host-2")), "refuses");
        assertRefused(() -> source.connect(outbound("mig-9", "right ticket", "host-2")), "refuses");
        Relay third = relay(AUTHORITY.host("host-3"), LIMITS);
        assertRefused(() -> third.connect(outbound("mig-1", "right ticket", "host-2")), "refuses");
        assertThat(socket("in")).doesNotExist();
    }

    @Test
    void a_target_that_is_another_host_than_meant_is_not_sent_the_ticket() {
        target.expect(order("ticket", "host-1"));

        assertRefused(() -> source.connect(outbound("mig-1", "ticket", "host-5")), "names host-2");
    }

    @Test
    void hosts_of_another_installation_are_refused() {
        target.expect(order("ticket", "host-1"));
        Relay stranger = relay(new TestAuthority().host("host-1"), LIMITS);

        assertThatThrownBy(() -> stranger.connect(outbound("mig-1", "ticket", "host-2")))
                .isInstanceOf(FaultException.class);
    }

    @Test
    void each_connection_of_a_migration_is_accepted_once() throws Exception {
        begin(0);

        assertRefused(() -> source.connect(outbound("mig-1", "ticket", "host-2")), "refuses");
    }

    @Test
    void what_is_no_tls_and_who_says_nothing_are_shown_out_and_the_relay_goes_on() throws Exception {
        Relay impatient = relay(
                TARGET,
                new RelayLimits(
                        Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(50)));
        try (SocketChannel chatter = SocketChannel.open(impatient.address());
                SocketChannel silent = SocketChannel.open(impatient.address())) {
            UnixEnds.write(chatter, "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(endOf(chatter)).isTrue();
            assertThat(endOf(silent)).isTrue();
        }
        target = impatient;
        begin(0);
    }

    @Test
    void a_cut_at_the_source_reaches_both_engines_and_is_no_end() throws Exception {
        Migration migration = begin(0);
        UnixEnds.write(migration.engine, new byte[1000]);
        UnixEnds.read(migration.loader, 1000);

        migration.outbound.cut("cancelled");

        assertThat(UnixEnds.drain(migration.loader)).isZero();
        assertThat(endOf(migration.engine)).isTrue();
        assertThatThrownBy(() -> migration.outbound.streamEnd().get(5, TimeUnit.SECONDS))
                .hasMessageContaining("cancelled");
        assertThatThrownBy(() -> migration.inbound.streamEnd().get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void a_connection_that_breaks_in_the_middle_is_never_taken_for_the_end_of_the_stream() throws Exception {
        DeafProxy network = network();
        Migration migration = begin(0, network.address());
        UnixEnds.write(migration.engine, new byte[1000]);
        UnixEnds.read(migration.loader, 1000);

        network.breakAll();

        assertThatThrownBy(() -> migration.inbound.streamEnd().get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> migration.outbound.streamEnd().get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void a_network_that_falls_silent_is_noticed_at_both_ends() throws Exception {
        RelayLimits limits = new RelayLimits(
                Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofMillis(50));
        source = relay(SOURCE, limits);
        target = relay(TARGET, limits);
        DeafProxy network = network();
        Migration migration = begin(0, network.address());
        assertThat(migration.outbound.lost()).isNotDone();

        network.fallSilent();

        assertThat(migration.outbound.lost().get(10, TimeUnit.SECONDS)).contains("silent");
        assertThat(endOf(migration.engine)).isTrue();
        assertThat(endOf(migration.loader)).isTrue();
    }

    @Test
    void an_engine_that_does_not_take_its_bytes_is_cut_off_after_the_stall_time() throws Exception {
        RelayLimits limits = new RelayLimits(
                Duration.ofSeconds(5), Duration.ofMillis(400), Duration.ofSeconds(30), Duration.ofMillis(50));
        source = relay(SOURCE, limits);
        target = relay(TARGET, limits);
        Migration migration = begin(0);

        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                UnixEnds.write(migration.engine, new byte[64 << 20]);
            } catch (IOException e) {
                // Cut, as it should be.
            }
        });

        assertThatThrownBy(() -> migration.inbound.streamEnd().get(20, TimeUnit.SECONDS))
                .hasMessageContaining("stood still");
        assertThat(writer.join(BOUND)).isTrue();
    }

    @Test
    void the_rate_is_held_down_to_the_limit() throws Exception {
        Migration migration = begin(4_000_000);
        long begun = System.nanoTime();

        CompletableFuture<byte[]> arrived =
                CompletableFuture.supplyAsync(() -> unchecked(() -> UnixEnds.read(migration.loader, 2_000_000)));
        UnixEnds.write(migration.engine, new byte[2_000_000]);
        arrived.get(20, TimeUnit.SECONDS);

        // 2 MB at 4 MB/s, less the burst of 0.1 s.
        assertThat((System.nanoTime() - begun) / 1e9).isBetween(0.35, 5.0);
    }

    @Test
    void the_word_to_go_arrives_as_sent_and_is_answered() throws Exception {
        Go go = new Go(8, 1_700_000_000_000L, 5, 6, 7, 9, 11);
        List<Go> heard = new ArrayList<>();
        Migration migration = begin(0, target.address(), word -> {
            heard.add(word);
            return new GoAnswer(false, "not so fast");
        });

        GoAnswer answer = migration.outbound.go(go, BOUND);

        assertThat(heard).containsExactly(go);
        assertThat(answer).isEqualTo(new GoAnswer(false, "not so fast"));
    }

    @Test
    void a_listener_that_fails_is_an_answer_too() throws Exception {
        Migration migration = begin(0, target.address(), word -> {
            throw new IllegalStateException("no lock");
        });

        assertThat(migration.outbound.go(new Go(1, 0, 0, 0, -1, 0, 0), BOUND))
                .isEqualTo(new GoAnswer(false, "no lock"));
    }

    @Test
    void one_machines_clock_compared_with_itself_differs_by_no_more_than_the_way_takes() throws Exception {
        Migration migration = begin(0);

        ClockOffset offset = Await.untilPresent("a probe", BOUND, () -> migration.outbound.clock());

        assertThat(Math.abs(offset.offsetNanos())).isLessThanOrEqualTo(offset.roundTripNanos() / 2 + 1);
    }

    private record Migration(Outbound outbound, Inbound inbound, SocketChannel engine, SocketChannel loader) {}

    private Migration begin(long bytesPerSecondMax) throws Exception {
        return begin(bytesPerSecondMax, target.address());
    }

    private Migration begin(long bytesPerSecondMax, InetSocketAddress via) throws Exception {
        return begin(bytesPerSecondMax, via, word -> new GoAnswer(true, ""));
    }

    private Migration begin(long bytesPerSecondMax, InetSocketAddress via, InboundOrder.Listener listener)
            throws Exception {
        CompletableFuture<SocketChannel> loader = UnixEnds.listen(socket("in"));
        Inbound inbound = target.expect(new InboundOrder("mig-1", "ticket", "host-1", socket("in"), listener));
        Outbound outbound =
                source.connect(new OutboundOrder("mig-1", "ticket", "host-2", via, socket("out"), bytesPerSecondMax));
        open.add(() -> outbound.cut("test over"));
        open.add(() -> inbound.cut("test over"));
        SocketChannel engine = UnixEnds.connect(socket("out"));
        open.add(engine);
        return new Migration(outbound, inbound, engine, loader.get(20, TimeUnit.SECONDS));
    }

    private InboundOrder order(String ticket, String sourceHostId) {
        return new InboundOrder("mig-1", ticket, sourceHostId, socket("in"), word -> new GoAnswer(true, ""));
    }

    private OutboundOrder outbound(String migrationId, String ticket, String targetHostId) {
        return new OutboundOrder(migrationId, ticket, targetHostId, target.address(), socket("out"), 0);
    }

    private Path socket(String name) {
        return directory.resolve(name + ".sock");
    }

    private Relay relay(HostIdentity identity, RelayLimits limits) {
        Relay relay = Relay.open(() -> identity, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits);
        open.add(relay);
        return relay;
    }

    private DeafProxy network() throws IOException {
        DeafProxy proxy = new DeafProxy(target.address());
        open.add(proxy);
        return proxy;
    }

    private static boolean endOf(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1000)) < 0;
        } catch (IOException e) {
            return true; // A reset is an end too.
        }
    }

    private static void assertRefused(Runnable work, String why) {
        assertThatThrownBy(work::run).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.MIGRATION_FAILED);
            assertThat(fault.getMessage()).contains(why).doesNotContain("ticket");
        });
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    private static <T> T unchecked(Reading<T> reading) {
        try {
            return reading.run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
