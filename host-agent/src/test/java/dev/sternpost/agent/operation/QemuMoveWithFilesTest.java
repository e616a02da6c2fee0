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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Linux guest on real QEMU moves between hosts that share no datastore: its disks, then its memory. */
@Timeout(240)
class QemuMoveWithFilesTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final int VM_UID = 64055;
    private static final Duration BOUND = Duration.ofSeconds(90);
    private static final long DATA_BYTES = 64L << 20;
    private static final long THICK_BYTES = 8L << 20;

    /** Slow enough that something can happen while disks are copied. */
    private static final long SLOW_BYTES_PER_SECOND = 4 << 20;

    /** Each line is on the disk before the next is written. */
    private static final String WRITER =
            "n=0; while :; do n=$((n+1)); echo $n >>/root/lines; sync /root/lines; usleep 20000; done";

    private final boolean root = System.getProperty("user.name").equals("root");
    private final FileOwner owner = root ? FileOwner.unprivileged(VM_UID) : FileOwner.self();
    private Path directory;
    private AgentRig source;
    private AgentRig target;

    /** Orders about the virtual machine where it is at first, and where it goes. */
    private Orders here;

    private Orders there;
    private VmPlace oldPlace;
    private VmPlace newPlace;

    @BeforeEach
    void aGuestWrites() throws IOException {
        Path image = Path.of(System.getProperty(
                "sternpost.guest.image",
                System.getProperty("sternpost.root", "..") + "/var/cache/guest/linux-guest.qcow2"));
        assumeTrue(Files.isReadable(image), "no guest image at " + image);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")), "no QEMU here");
        directory = Files.createTempDirectory("spf");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        source = rig("host-1");
        target = rig("host-2");
        here = new Orders(source.datastoreUuid());
        there = new Orders(target.datastoreUuid());
        oldPlace = new VmPlace(source.datastoreUuid(), "app-1");
        newPlace = new VmPlace(target.datastoreUuid(), "app-1");
        source.done(here.of(1, new Operation.CreateVm(shape(), null, "")));
        Path disk = home("host-1").resolve("app-1-disk0.qcow2");
        Files.copy(image, disk, StandardCopyOption.REPLACE_EXISTING);
        owner.own(disk);
        source.done(here.powerOn(2));
        awaitGuest(source);
        sh(
                source,
                "dd if=/dev/urandom of=/root/data bs=1M count=8 2>/dev/null; dd if=/dev/urandom of=/dev/vdb bs=1M count=8 2>/dev/null; sync");
        sh(source, "(" + WRITER + ") >/dev/null 2>&1 </dev/null &");
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
    void a_guest_that_writes_comes_with_disks_and_memory_and_goes_back_as_it_is_when_it_is_off() throws IOException {
        String sums = sums(source);
        String boot = sh(source, "cat /proc/sys/kernel/random/boot_id");
        String inMemory = sh(
                source,
                "mount -t tmpfs none /mnt; dd if=/dev/urandom of=/mnt/m bs=1M count=16 2>/dev/null; sha256sum /mnt/m");

        prepare("m-1");
        source.done(here.startWithFiles(2, "m-1", target, newPlace, 0));
        assertThat(home("host-2").resolve("app-1.vmx")).doesNotExist();
        source.done(here.switchOver(2, "m-1"));
        Payload activated = target.done(there.activate(3, "m-1"));
        source.done(here.release(3, "m-1"));
        source.done(here.of(3, new Operation.RemoveMovedFiles(oldPlace, newPlace, "app-1")));

        assertThat(activated).isInstanceOfSatisfying(Payload.Activation.class, pause -> {
            System.out.printf("guest-seen pause %.1f ms (%s)%n", pause.downtimeMillis(), pause.downtimeSource());
            assertThat(pause.downtimeMillis()).isBetween(1.0, 10_000.0);
        });
        assertThat(source.knows(VM)).isFalse();
        assertThat(home("host-1")).doesNotExist();
        assertThat(target.view(VM).lockOwner()).isEqualTo("host-2@3");
        assertThat(AllocatedBytes.of(home("host-2").resolve("app-1-data0.qcow2")))
                .as("what is thin stays so")
                .isLessThan(DATA_BYTES / 2);
        assertThat(AllocatedBytes.of(home("host-2").resolve("app-1-thick0.qcow2")))
                .as("and what is thick too")
                .isGreaterThanOrEqualTo(THICK_BYTES);
        sh(target, "echo 3 >/proc/sys/vm/drop_caches");
        assertThat(sh(target, "sha256sum /mnt/m")).isEqualTo(inMemory);
        assertThat(sums(target)).isEqualTo(sums);
        assertThat(sh(target, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        requireLinesGoOn(target);
        assertThat(home("host-2").toFile().list()).noneMatch(name -> name.startsWith(".sternpost"));
        assertThat(Files.readString(home("host-2").resolve("app-1.log")))
                .contains("live migration m-1 to host-2 began", "runs here after live");

        // Off, back to where it came from.
        sh(target, "pkill -f 'while :'; sync");
        target.done(there.powerOff(4));
        source.done(here.receive(4, "m-2", "host-2"));
        target.done(there.send(4, "m-2", source, oldPlace));
        target.done(there.handOver(4, "m-2", oldPlace));
        target.done(there.handOver(4, "m-2", oldPlace));
        source.done(here.take(5, "m-2"));
        for (String disk : List.of("disk0", "data0", "thick0")) {
            String name = "app-1-" + disk + ".qcow2";
            assertThat(Files.mismatch(
                            home("host-1").resolve(name), home("host-2").resolve(name)))
                    .as(name)
                    .isEqualTo(-1);
        }
        target.done(there.of(5, new Operation.RemoveMovedFiles(newPlace, oldPlace, "app-1")));
        assertThat(target.knows(VM)).isFalse();
        assertThat(home("host-2")).doesNotExist();
        source.done(here.powerOn(6));
        source.done(here.powerOff(7));
    }

    @Test
    void whoever_dies_before_the_guest_is_given_away_it_goes_on_at_the_source_and_nothing_is_left_at_the_target() {
        String sums = sums(source);
        // Cancelled while disks are copied.
        prepare("m-1");
        CompletableFuture<Outcome> copying = startSlowly("m-1");
        source.done(here.cancel(2, "m-1"));
        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        target.done(there.abort(2, "m-1"));
        requireOnlyAtTheSource();

        // The target's agent dies.
        prepare("m-2");
        copying = startSlowly("m-2");
        target.kill();
        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.restart();
        target.done(there.abort(2, "m-2"));
        requireOnlyAtTheSource();

        // The source's agent dies.
        prepare("m-3");
        startSlowly("m-3");
        source.kill();
        source.restart();
        Await.until("the guest to be seen running", BOUND, () -> source.view(VM).running());
        target.done(there.abort(2, "m-3"));
        requireOnlyAtTheSource();

        // The target's hypervisor dies when all is ready.
        prepare("m-4");
        source.done(here.startWithFiles(2, "m-4", target, newPlace, 0));
        ProcessHandle.of(target.engine.running().getFirst().process().pid())
                .orElseThrow()
                .destroyForcibly();
        assertThat(source.refused(here.switchOver(2, "m-4"))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.done(there.abort(2, "m-4"));
        requireOnlyAtTheSource();

        // Nothing of all that is in the way of one that succeeds.
        prepare("m-5");
        source.done(here.startWithFiles(2, "m-5", target, newPlace, 0));
        source.done(here.switchOver(2, "m-5"));
        awaitGuest(target);
        source.kill();
        target.kill();
        source.restart();
        target.restart();
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        target.done(there.activate(3, "m-5"));
        assertThat(sums(target)).isEqualTo(sums);
        requireLinesGoOn(target);
        source.done(here.release(3, "m-5"));
        source.done(here.of(3, new Operation.RemoveMovedFiles(oldPlace, newPlace, "app-1")));
        assertThat(home("host-1")).doesNotExist();
    }

    private void prepare(String moveId) {
        target.done(there.receive(2, moveId, "host-1"));
        source.done(here.send(2, moveId, target, newPlace));
        target.done(there.prepareWithFiles(2, moveId, "host-1"));
    }

    private CompletableFuture<Outcome> startSlowly(String moveId) {
        source.heard.progress.clear();
        CompletableFuture<Outcome> copying =
                source.submit(here.startWithFiles(2, moveId, target, newPlace, SLOW_BYTES_PER_SECOND));
        Await.until("the copying", BOUND, () -> !source.heard.progress.isEmpty());
        return copying;
    }

    private void requireOnlyAtTheSource() {
        assertThat(home("host-2")).doesNotExist();
        assertThat(target.engine.running()).isEmpty();
        assertThat(target.knows(VM)).isFalse();
        assertThat(source.view(VM).lockOwner()).isEqualTo("host-1@2");
        requireLinesGoOn(source);
    }

    private static void awaitGuest(AgentRig agent) {
        Await.until("the guest's agent", BOUND, () -> agent.view(VM).guest().tools() == GuestView.Tools.RUNNING);
    }

    private Path home(String hostId) {
        return directory.resolve("local-" + hostId).resolve("app-1");
    }

    private AgentRig rig(String hostId) throws IOException {
        Path run = Files.createDirectory(directory.resolve(hostId));
        return new AgentRig(
                AUTHORITY.host(hostId),
                directory.resolve("home-" + hostId),
                Files.createDirectory(directory.resolve("local-" + hostId)),
                owner,
                () -> new QemuEngine(
                        new QemuConfig(run, "", owner, AcceleratorWish.AUTO, ""), new HostNetworks(Map.of())));
    }

    private String sums(AgentRig agent) {
        return sh(agent, "sha256sum /root/data; dd if=/dev/vdb bs=1M count=8 2>/dev/null | sha256sum");
    }

    private void requireLinesGoOn(AgentRig agent) {
        long before = Long.parseLong(sh(agent, "tail -n 1 /root/lines"));
        Await.until("the guest writes on", BOUND, () -> Long.parseLong(sh(agent, "tail -n 1 /root/lines")) > before);
        requireNoLineIsMissing(agent);
    }

    private void requireNoLineIsMissing(AgentRig agent) {
        assertThat(sh(agent, "awk 'NF && $1 != NR {print NR \": \" $1; exit}' /root/lines"))
                .isEmpty();
    }

    private String sh(AgentRig agent, String script) {
        Payload payload = agent.done(
                here.of(0, new Operation.RunProgram("/bin/sh", List.of("-c", script), Duration.ofSeconds(60))));
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
                        new DiskShape("data0", DATA_BYTES, Provisioning.THIN, "", 0),
                        new DiskShape("thick0", THICK_BYTES, Provisioning.THICK_LAZY, "", 0)),
                List.of(),
                "");
    }
}
