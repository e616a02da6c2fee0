package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files go from one relay to another, whole or not at all, and holes stay holes. */
@Timeout(60)
class FileTransferTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final int MIB = 1 << 20;

    private final Relay source = relay(AUTHORITY.host("host-1"));
    private final Relay target = relay(AUTHORITY.host("host-2"));
    private final List<Path> arrived = new ArrayList<>();

    @TempDir
    Path directory;

    private Path there;

    @BeforeEach
    void aPlace() throws IOException {
        there = Files.createDirectory(directory.resolve("there"));
    }

    @AfterEach
    void close() {
        source.close();
        target.close();
    }

    @Test
    void files_arrive_as_they_are_and_again_over_what_came_before() throws IOException {
        Path sparse = directory.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(8 * MIB);
            file.seek(3 * MIB + 5);
            file.write("in the midst".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        Path dense = directory.resolve("dense");
        byte[] noise = new byte[3 * MIB + 7];
        new Random(3).nextBytes(noise);
        Files.write(dense, noise);
        Path empty = Files.createFile(directory.resolve("empty"));
        List<OutgoingFiles.Item> items = List.of(
                new OutgoingFiles.Item(sparse, "sparse", false),
                new OutgoingFiles.Item(sparse, "whole", true),
                new OutgoingFiles.Item(dense, "dense", false),
                new OutgoingFiles.Item(empty, "empty", false));
        Runnable withdraw = target.expectFiles(incoming("ticket"));
        long[] done = {0};

        source.sendFiles(outgoing("ticket", items), watch(bytes -> done[0] = bytes, false));
        // What is zero now must not show what was there before.
        Files.write(there.resolve("sparse"), noise);
        source.sendFiles(outgoing("ticket", items), watch(bytes -> done[0] = bytes, false));

        assertThat(there.resolve("sparse")).hasSameBinaryContentAs(sparse);
        assertThat(there.resolve("whole")).hasSameBinaryContentAs(sparse);
        assertThat(there.resolve("dense")).hasSameBinaryContentAs(dense);
        assertThat(there.resolve("empty")).isEmptyFile();
        assertThat(AllocatedBytes.of(there.resolve("sparse"))).isLessThan(2 * MIB);
        assertThat(AllocatedBytes.of(there.resolve("whole"))).isGreaterThanOrEqualTo(8 * MIB);
        assertThat(done[0]).isEqualTo(16L * MIB + noise.length);
        assertThat(arrived).hasSize(8);
        withdraw.run();
        refused(FaultCode.MIGRATION_FAILED, () -> source.sendFiles(outgoing("ticket", items), watch(_ -> {}, false)));
    }

    @Test
    void what_the_target_says_against_it_is_what_the_source_hears() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[] {1});
        target.expectFiles(new IncomingFiles("move-1", "ticket", "host-1", new IncomingFiles.Sink() {
            @Override
            public Path path(String name, long bytes) {
                throw new FaultException(FaultCode.DATASTORE_FULL, "there is no room");
            }

            @Override
            public void arrived(Path path) {}
        }));
        List<OutgoingFiles.Item> items = List.of(new OutgoingFiles.Item(file, "file", false));

        refused(FaultCode.DATASTORE_FULL, () -> source.sendFiles(outgoing("ticket", items), watch(_ -> {}, false)));
    }

    @Test
    void only_who_has_the_ticket_and_is_the_source_may_send() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[] {1});
        List<OutgoingFiles.Item> items = List.of(new OutgoingFiles.Item(file, "file", false));
        target.expectFiles(incoming("ticket"));

        refused(FaultCode.MIGRATION_FAILED, () -> source.sendFiles(outgoing("other", items), watch(_ -> {}, false)));
        try (Relay third = relay(AUTHORITY.host("host-3"))) {
            refused(
                    FaultCode.MIGRATION_FAILED,
                    () -> third.sendFiles(outgoing("ticket", items), watch(_ -> {}, false)));
        }
        assertThat(there).isEmptyDirectory();
    }

    @Test
    void a_cancelled_sending_ends() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[MIB]);
        target.expectFiles(incoming("ticket"));
        List<OutgoingFiles.Item> items = List.of(new OutgoingFiles.Item(file, "file", false));

        refused(FaultCode.OPERATION_CANCELLED, () -> source.sendFiles(outgoing("ticket", items), watch(_ -> {}, true)));
        assertThat(arrived).isEmpty();
    }

    private IncomingFiles incoming(String ticket) {
        return new IncomingFiles("move-1", ticket, "host-1", new IncomingFiles.Sink() {
            @Override
            public Path path(String name, long bytes) {
                return there.resolve(name);
            }

            @Override
            public void arrived(Path path) {
                arrived.add(path);
            }
        });
    }

    private OutgoingFiles outgoing(String ticket, List<OutgoingFiles.Item> items) {
        return new OutgoingFiles("move-1", ticket, "host-2", target.address(), items, 0);
    }

    private static OutgoingFiles.Watch watch(java.util.function.LongConsumer ear, boolean cancelled) {
        return new OutgoingFiles.Watch() {
            @Override
            public void done(long bytes) {
                ear.accept(bytes);
            }

            @Override
            public boolean cancelled() {
                return cancelled;
            }
        };
    }

    private static Relay relay(HostIdentity identity) {
        return Relay.open(
                () -> identity, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RelayLimits.DEFAULT);
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
