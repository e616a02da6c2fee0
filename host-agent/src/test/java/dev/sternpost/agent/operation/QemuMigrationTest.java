package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.agent.engine.qemu.QemuConfig;
import dev.sternpost.agent.engine.qemu.QemuConfig.AcceleratorWish;
import dev.sternpost.agent.engine.qemu.QemuEngine;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.network.UserNetwork;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Linux guest on real QEMU moves between two agents' operation layers in one process. */
@Timeout(240)
class QemuMigrationTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final int VM_UID = 64055;
    private static final Duration BOOT_BOUND = Duration.ofSeconds(90);

    private final boolean root = System.getProperty("user.name").equals("root");
    private final FileOwner owner = root ? FileOwner.unprivileged(VM_UID) : FileOwner.self();
    private Path directory;
    private AgentRig source;
    private AgentRig target;
    private Orders orders;

    @BeforeEach
    void aGuestRuns() throws IOException {
        Path image = Path.of(System.getProperty(
                "sternpost.guest.image",
                System.getProperty("sternpost.root", "..") + "/var/cache/guest/linux-guest.qcow2"));
        assumeTrue(
                Files.isReadable(image),
                "no guest image at " + image
                        + "; build it with deploy/guest/build.sh or name it with -Dsternpost.guest.image");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")), "no QEMU here");
        directory = Files.createTempDirectory("spa");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(directory.resolve("shared"));
        source = rig("host-1");
        target = rig("host-2");
        orders = new Orders(source.datastoreUuid());
        source.done(orders.of(1, new Operation.CreateVm(shape(), null, "")));
        Path disk = directory.resolve("shared/app-1/app-1-disk0.qcow2");
        Files.copy(image, disk, StandardCopyOption.REPLACE_EXISTING);
        owner.own(disk);
        source.done(orders.powerOn(2));
        Await.until(
                "the guest's address",
                BOOT_BOUND,
                () -> !source.view(VM).guest().ipAddresses().isEmpty());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (directory == null) {
            return;
        }
        for (AgentRig agent :
                Stream.of(source, target).filter(rig -> rig != null).toList()) {
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
    void a_linux_guest_moves_there_and_back_and_says_itself_how_long_it_stood_still() {
        String uptimeBefore = run(source, "/bin/cat", "/proc/sys/kernel/random/boot_id");

        Payload.Activation there = migrate(source, target, 2, "mig-1");
        assertThat(target.view(VM).running()).isTrue();
        assertThat(run(target, "/bin/cat", "/proc/sys/kernel/random/boot_id")).isEqualTo(uptimeBefore);
        Payload.Activation back = migrate(target, source, 3, "mig-2");

        for (Payload.Activation activation : List.of(there, back)) {
            System.out.printf(
                    "guest-seen pause %.1f ms (%s)%n", activation.downtimeMillis(), activation.downtimeSource());
            assertThat(activation.downtimeSource()).isEqualTo("guestTicker");
            assertThat(activation.downtimeMillis()).isBetween(1.0, 5_000.0);
        }
        assertThat(run(source, "/bin/cat", "/proc/sys/kernel/random/boot_id")).isEqualTo(uptimeBefore);
        source.done(orders.shutdown(5, 60_000));
        Await.until(
                "the VM is off", Duration.ofSeconds(20), () -> source.view(VM).state() == LedgerState.OFF);
    }

    @Test
    void killed_agents_leave_one_running_guest_and_their_successors_know_where() {
        // The target's agent dies while memory is copied.
        target.done(orders.prepare(2, "mig-1", "host-1"));
        CompletableFuture<Outcome> copying = source.submit(orders.of(2, start("mig-1", "host-2", target, 2_000_000)));
        Await.until("the copying", Duration.ofSeconds(20), () -> !source.heard.progress.isEmpty());
        target.kill();
        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.restart();
        assertThat(target.knows(VM)).isFalse();
        assertThat(run(source, "/bin/echo", "here")).isEqualTo("here");

        // The source's agent dies while memory is copied.
        target.done(orders.prepare(2, "mig-2", "host-1"));
        source.heard.progress.clear();
        source.submit(orders.of(2, start("mig-2", "host-2", target, 2_000_000)));
        Await.until("the copying", Duration.ofSeconds(20), () -> !source.heard.progress.isEmpty());
        source.kill();
        source.restart();
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.ON);
        assertThat(source.view(VM).running()).isTrue();
        Await.until("the shadow to end", Duration.ofSeconds(20), () -> !target.knows(VM));
        assertThat(run(source, "/bin/echo", "here")).isEqualTo("here");

        // Both agents die after the switch-over, before anybody was told to release the source.
        target.done(orders.prepare(2, "mig-3", "host-1"));
        source.done(orders.start(2, "mig-3", "host-2", target.relayAddress()));
        source.done(orders.switchOver(2, "mig-3"));
        source.kill();
        target.kill();
        source.restart();
        target.restart();
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        assertThat(source.view(VM).running()).isFalse();
        assertThat(target.view(VM).running()).isTrue();
        assertThat(run(target, "/bin/echo", "there")).isEqualTo("there");
        source.done(orders.release(3, "mig-3"));
        target.done(orders.powerOff(4));
    }

    private Payload.Activation migrate(AgentRig from, AgentRig to, long generation, String migrationId) {
        to.done(orders.prepare(generation, migrationId, from.hostId));
        from.done(orders.start(generation, migrationId, to.hostId, to.relayAddress()));
        from.done(orders.switchOver(generation, migrationId));
        Payload payload = to.done(orders.activate(generation + 1, migrationId));
        from.done(orders.release(generation + 1, migrationId));
        assertThat(from.knows(VM)).isFalse();
        if (payload instanceof Payload.Activation activation) {
            return activation;
        }
        throw new AssertionError("not an activation: " + payload);
    }

    private static Operation start(String migrationId, String targetHostId, AgentRig to, long bytesPerSecondMax) {
        return new Operation.StartMigration(
                migrationId, Orders.TICKET, targetHostId, to.relayAddress(), 300, bytesPerSecondMax, 0);
    }

    private String run(AgentRig agent, String program, String argument) {
        Payload payload =
                agent.done(orders.of(0, new Operation.RunProgram(program, List.of(argument), Duration.ofSeconds(20))));
        if (payload instanceof Payload.Program result) {
            return new String(result.output().standardOutput(), StandardCharsets.UTF_8).strip();
        }
        throw new AssertionError("no output: " + payload);
    }

    private AgentRig rig(String hostId) throws IOException {
        Path run = Files.createDirectory(directory.resolve(hostId));
        return new AgentRig(
                AUTHORITY.host(hostId),
                directory.resolve("home-" + hostId),
                directory.resolve("shared"),
                owner,
                () -> new QemuEngine(
                        new QemuConfig(run, "", owner, AcceleratorWish.AUTO, ""),
                        new HostNetworks(Map.of("VM Network", new UserNetwork()))));
    }

    static VmShape shape() {
        return new VmShape(
                VM,
                "app-1",
                UUID.randomUUID(),
                1,
                128L << 20,
                Firmware.BIOS,
                List.of(new DiskShape("disk0", 64L << 20, Provisioning.THIN, "", 0)),
                List.of(new NicShape("nic0", "VM Network", "52:54:00:12:34:56")),
                "");
    }
}
