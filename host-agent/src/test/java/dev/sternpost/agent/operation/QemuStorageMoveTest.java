package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.engine.qemu.QemuConfig;
import dev.sternpost.agent.engine.qemu.QemuConfig.AcceleratorWish;
import dev.sternpost.agent.engine.qemu.QemuEngine;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Linux guest on real QEMU goes on writing to its disks while they move to another datastore. */
@Timeout(240)
class QemuStorageMoveTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final int VM_UID = 64055;
    private static final Duration BOUND = Duration.ofSeconds(90);
    private static final long DATA_BYTES = 64L << 20;

    /** Each line is on the disk before the next is written. */
    private static final String WRITER =
            "n=0; while :; do n=$((n+1)); echo $n >>/root/lines; sync /root/lines; usleep 20000; done";

    private final boolean root = System.getProperty("user.name").equals("root");
    private final FileOwner owner = root ? FileOwner.unprivileged(VM_UID) : FileOwner.self();
    private Path directory;
    private AgentRig agent;
    private Orders orders;
    private VmPlace there;

    @BeforeEach
    void aGuestWrites() throws IOException {
        Path image = Path.of(System.getProperty(
                "sternpost.guest.image",
                System.getProperty("sternpost.root", "..") + "/var/cache/guest/linux-guest.qcow2"));
        assumeTrue(Files.isReadable(image), "no guest image at " + image);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")), "no QEMU here");
        directory = Files.createTempDirectory("sps");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, Path> datastores = new LinkedHashMap<>();
        for (String name : List.of("shared1", "shared2")) {
            datastores.put(name, Files.createDirectory(directory.resolve(name)));
        }
        Path run = Files.createDirectory(directory.resolve("host-1"));
        agent = new AgentRig(
                AUTHORITY.host("host-1"),
                directory.resolve("home"),
                datastores,
                owner,
                () -> new QemuEngine(
                        new QemuConfig(run, "", owner, AcceleratorWish.AUTO, ""), new HostNetworks(Map.of())));
        orders = new Orders(agent.datastoreUuid("shared1"));
        there = new VmPlace(agent.datastoreUuid("shared2"), "app-1");
        agent.done(orders.of(1, new Operation.CreateVm(shape(), null, "")));
        Path disk = directory.resolve("shared1/app-1/app-1-disk0.qcow2");
        Files.copy(image, disk, StandardCopyOption.REPLACE_EXISTING);
        owner.own(disk);
        agent.done(orders.powerOn(2));
        Await.until("the guest's agent", BOUND, () -> agent.view(VM).guest().tools() == GuestView.Tools.RUNNING);
        sh(
                "dd if=/dev/urandom of=/root/data bs=1M count=8 2>/dev/null; dd if=/dev/urandom of=/dev/vdb bs=1M count=8 2>/dev/null; sync");
        sh("(" + WRITER + ") >/dev/null 2>&1 </dev/null &");
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (directory == null) {
            return;
        }
        if (agent != null) {
            agent.engine.running().forEach(vm -> vm.powerOff());
            agent.engine
                    .survivors()
                    .forEach(survivor -> agent.engine.clear(survivor.launch().vmId()));
            agent.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void disks_move_under_a_guest_that_writes_and_are_whole_in_another_format_at_the_end() throws IOException {
        String sums = sums();
        String boot = sh("cat /proc/sys/kernel/random/boot_id");

        agent.done(orders.of(2, new Operation.MoveFiles("m-1", there, Provisioning.THICK_LAZY, 40 << 20)));
        assertThat(agent.refused(orders.powerOff(3))).isEqualTo(FaultCode.VM_WRONG_POWER_STATE);
        Payload shape = agent.done(orders.switchFiles(2, "m-1", there));
        agent.done(orders.removeMoved(2, there));

        assertThat(shape)
                .isInstanceOfSatisfying(
                        Payload.Shape.class,
                        at -> assertThat(at.shape().disks())
                                .allMatch(disk -> disk.provisioning() == Provisioning.THICK_LAZY));
        assertThat(directory.resolve("shared1/app-1")).doesNotExist();
        assertThat(AllocatedBytes.of(directory.resolve("shared2/app-1/app-1-data0.qcow2")))
                .isGreaterThanOrEqualTo(DATA_BYTES);
        sh("echo 3 >/proc/sys/vm/drop_caches");
        assertThat(sums()).isEqualTo(sums);
        assertThat(sh("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertThat(agent.view(VM).lockOwner()).isEqualTo("host-1@2");
        requireLinesGoOn();

        sh("pkill -f 'while :'");
        // A new agent finds the guest where it is now, and the console's log has come along.
        agent.kill();
        agent.restart();
        assertThat(agent.view(VM).running()).isTrue();
        Payload console = agent.done(orders.of(0, new Operation.ReadConsole(1 << 20)));
        assertThat(console)
                .isInstanceOfSatisfying(
                        Payload.Console.class,
                        log -> assertThat(log.tail().totalBytes()).isPositive());

        agent.done(orders.powerOff(3));
        assertThat(agent.view(VM).lockOwner()).isEmpty();
    }

    @Test
    void whoever_dies_while_disks_are_copied_the_guest_has_its_old_ones_and_nothing_of_the_copy_is_left() {
        String sums = sums();
        // Cancelled.
        CompletableFuture<Outcome> moving =
                agent.submit(orders.of(2, new Operation.MoveFiles("m-1", there, null, 2 << 20)));
        Await.until("the copying", BOUND, () -> !agent.heard.progress.isEmpty());
        agent.done(orders.cancelMove(2, "m-1", there));
        assertThat(AgentRig.fault(AgentRig.await(moving))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        assertThat(directory.resolve("shared2/app-1")).doesNotExist();

        // The agent dies, with copies under way and with copies that are equal.
        for (String move : List.of("m-2", "m-3")) {
            if (move.equals("m-2")) {
                agent.heard.progress.clear();
                agent.submit(orders.of(2, new Operation.MoveFiles(move, there, null, 2 << 20)));
                Await.until("the copying", BOUND, () -> !agent.heard.progress.isEmpty());
            } else {
                agent.done(orders.move(2, move, there));
            }
            agent.kill();
            agent.restart();
            Await.until(
                    "the guest to be seen running", BOUND, () -> agent.view(VM).running());
            assertThat(directory.resolve("shared2/app-1")).doesNotExist();
            assertThat(agent.refused(orders.switchFiles(2, move, there))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        }
        assertThat(sums()).isEqualTo(sums);
        requireLinesGoOn();

        // QEMU dies.
        agent.heard.progress.clear();
        moving = agent.submit(orders.of(2, new Operation.MoveFiles("m-4", there, null, 2 << 20)));
        Await.until("the copying", BOUND, () -> !agent.heard.progress.isEmpty());
        long pid = agent.engine.running().getFirst().process().pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThat(AgentRig.fault(AgentRig.await(moving))).isEqualTo(FaultCode.MIGRATION_FAILED);
        Await.until("it is off", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        assertThat(directory.resolve("shared2/app-1")).doesNotExist();

        // Off, it moves as well, and starts there with all it had.
        agent.done(orders.move(2, "m-5", there));
        agent.done(orders.switchFiles(2, "m-5", there));
        agent.done(orders.removeMoved(2, there));
        assertThat(directory.resolve("shared1/app-1")).doesNotExist();
        agent.done(orders.powerOn(3));
        Await.until("the guest's agent", BOUND, () -> agent.view(VM).guest().tools() == GuestView.Tools.RUNNING);
        assertThat(sums()).isEqualTo(sums);
        requireNoLineIsMissing();
    }

    private String sums() {
        return sh("sha256sum /root/data; dd if=/dev/vdb bs=1M count=8 2>/dev/null | sha256sum");
    }

    private void requireLinesGoOn() {
        long before = Long.parseLong(sh("tail -n 1 /root/lines"));
        Await.until("the guest writes on", BOUND, () -> Long.parseLong(sh("tail -n 1 /root/lines")) > before);
        requireNoLineIsMissing();
    }

    private void requireNoLineIsMissing() {
        assertThat(sh("awk 'NF && $1 != NR {print NR \": \" $1; exit}' /root/lines"))
                .isEmpty();
    }

    private String sh(String script) {
        Payload payload = agent.done(
                orders.of(0, new Operation.RunProgram("/bin/sh", List.of("-c", script), Duration.ofSeconds(60))));
        if (payload instanceof Payload.Program result) {
            return new String(result.output().standardOutput(), StandardCharsets.UTF_8).strip();
        }
        throw new AssertionError("no output: " + payload);
    }

    private static VmShape shape() {
        return new VmShape(
                VM,
                "app-1",
                UUID.randomUUID(),
                1,
                128L << 20,
                Firmware.BIOS,
                List.of(
                        new DiskShape("disk0", 256L << 20, Provisioning.THIN, "", 0),
                        new DiskShape("data0", DATA_BYTES, Provisioning.THIN, "", 0)),
                List.of(),
                "");
    }
}
