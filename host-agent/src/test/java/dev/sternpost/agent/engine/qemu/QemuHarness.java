package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.EngineHarness;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.network.UserNetwork;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Real QEMU processes; run directories lie under /tmp since socket paths must be short. */
final class QemuHarness implements EngineHarness {

    private static final UUID VM_UUID = UUID.fromString("6b1c8d2e-1d3f-4a57-9a0c-0a1b2c3d4e5f");
    private static final int UNPRIVILEGED_UID = 64055;

    private final Path temporary;
    private final Path runs;
    private final Map<Integer, QemuEngine> engines = new TreeMap<>();

    QemuHarness(Path temporary) {
        this.temporary = temporary;
        try {
            runs = Files.createTempDirectory(Path.of("/tmp"), "spt");
            open(runs);
            open(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    static FileOwner owner() {
        return root() ? FileOwner.unprivileged(UNPRIVILEGED_UID) : FileOwner.self();
    }

    Path runDirectory(int host) {
        return runs.resolve("h" + host);
    }

    @Override
    public HypervisorEngine engine(int host) {
        QemuEngine engine = engines.get(host);
        if (engine == null || engine.closed()) {
            engine = new QemuEngine(
                    new QemuConfig(runDirectory(host), "", owner(), QemuConfig.AcceleratorWish.TCG, ""),
                    new HostNetworks(Map.of("lan", new UserNetwork())));
            engines.put(host, engine);
        }
        return engine;
    }

    @Override
    public VmLaunch launch(String vmId, LaunchMode mode) {
        return launch(vmId, mode, 32 << 20, Firmware.BIOS, TinyGuest::makeDisk);
    }

    @Override
    public VmLaunch tickingLaunch(String vmId, LaunchMode mode) {
        return launch(vmId, mode, 128 << 20, Firmware.BIOS, LinuxGuest::copyDisk);
    }

    /** Makes the VM's directory the first time. */
    VmLaunch launch(String vmId, LaunchMode mode, long memoryBytes, Firmware firmware, Consumer<Path> makeDisk) {
        Path directory = temporary.resolve("guest");
        Path disk = directory.resolve("guest-disk0.qcow2");
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(directory);
                open(directory);
                makeDisk.accept(disk);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        VmShape shape = new VmShape(
                vmId,
                "Guest of Tests",
                VM_UUID,
                1,
                memoryBytes,
                firmware,
                List.of(new DiskShape("disk0", 1 << 20, Provisioning.THIN, "guest-disk0.qcow2", 0)),
                List.of(new NicShape("nic0", "lan", "52:54:00:00:00:17")),
                "");
        return new VmLaunch(shape, directory, "guest", 3, mode);
    }

    @Override
    public void awaitGuest(RunningVm vm) {
        TinyGuest.awaitBooted(vm);
    }

    @Override
    public void requireGuestWorks(RunningVm vm) {
        TinyGuest.requireEcho(vm);
    }

    @Override
    public void guestShutsDown(RunningVm vm) {
        TinyGuest.type(vm, 's');
    }

    @Override
    public void guestRestarts(RunningVm vm) {
        TinyGuest.type(vm, 'r');
    }

    @Override
    public void kill(RunningVm vm) {
        Processes.kill(vm.process());
        Await.until("the process is gone", Duration.ofSeconds(10), () -> !Processes.alive(vm.process()));
    }

    @Override
    public List<String> leftovers(int host) {
        List<String> found = new ArrayList<>();
        Path run = runDirectory(host);
        if (Files.isDirectory(run)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(run)) {
                entries.forEach(entry -> found.add(entry.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Processes.findByWord(RunFiles.of(run, "vm-17").pidFile().toString())
                .ifPresent(process -> found.add(process.toString()));
        return found;
    }

    @Override
    public Path scratch() {
        return temporary;
    }

    @Override
    public void close() {
        for (Map.Entry<Integer, QemuEngine> engine : engines.entrySet()) {
            engine.getValue().close();
            HypervisorEngine last = new QemuEngine(
                    new QemuConfig(runDirectory(engine.getKey()), "", owner(), QemuConfig.AcceleratorWish.TCG, ""),
                    new HostNetworks(Map.of("lan", new UserNetwork())));
            last.clear("vm-17");
            last.close();
        }
        HostCommand.require(Duration.ofSeconds(10), List.of("rm", "-r", runs.toString()));
    }
}
