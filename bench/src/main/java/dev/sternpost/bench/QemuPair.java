package dev.sternpost.bench;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qemu.QemuConfig;
import dev.sternpost.agent.engine.qemu.QemuEngine;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.engine.qmp.QmpListener;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.network.UserNetwork;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A guest that runs on one host's engine, and its shadow on another's; ended and swept on close. */
final class QemuPair implements AutoCloseable {
    static final long MEMORY_BYTES = 256L << 20;

    private static final String VM = "vm-11";
    private static final int UNPRIVILEGED_UID = 64055;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final UUID VM_UUID = UUID.fromString("6b1c8d2e-1d3f-4a57-9a0c-0a1b2c3d4e60");

    private final Path directory;
    private final QemuEngine[] engines = new QemuEngine[2];
    private final VmLaunch cold;
    final RunningVm source;
    final RunningVm shadow;

    QemuPair(WriterGuest guest) throws IOException {
        directory = Files.createTempDirectory(Path.of("/tmp"), "spb");
        open(directory);
        Path vmDirectory = Files.createDirectory(directory.resolve("guest"));
        open(vmDirectory);
        guest.makeDisk(vmDirectory.resolve("guest-disk0.qcow2"));
        cold = launch(vmDirectory, new LaunchMode.Cold());
        for (int host = 0; host < engines.length; host++) {
            engines[host] = new QemuEngine(
                    new QemuConfig(directory.resolve("h" + host), "", owner(), QemuConfig.AcceleratorWish.TCG, ""),
                    new HostNetworks(Map.of("lan", new UserNetwork())));
        }
        source = engines[0].start(cold, (EngineEvent event) -> {});
        await("the guest has filled its memory", BOUND, () -> console().contains("!"));
        shadow = engines[1].start(launch(vmDirectory, new LaunchMode.Incoming("b11")), (EngineEvent event) -> {});
    }

    private static FileOwner owner() {
        return "root".equals(System.getProperty("user.name"))
                ? FileOwner.unprivileged(UNPRIVILEGED_UID)
                : FileOwner.self();
    }

    private static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static VmLaunch launch(Path vmDirectory, LaunchMode mode) {
        VmShape shape = new VmShape(
                VM,
                "Writer",
                VM_UUID,
                1,
                MEMORY_BYTES,
                Firmware.BIOS,
                List.of(new DiskShape("disk0", 1 << 20, Provisioning.THIN, "guest-disk0.qcow2", 0)),
                List.of(new NicShape("nic0", "lan", "52:54:00:00:00:11")),
                "");
        return new VmLaunch(shape, vmDirectory, "guest", 3, mode);
    }

    Path consoleLog() {
        return cold.consoleLog();
    }

    private String console() {
        try {
            return Files.exists(consoleLog()) ? Files.readString(consoleLog(), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The monitor that the engine leaves free. */
    static QmpClient monitor(RunningVm vm) throws IOException {
        return QmpClient.connect(vm.socketDirectory().resolve("qmp2"), VM, BOUND, new QmpListener() {
            @Override
            public void event(QmpEvent event) {}

            @Override
            public void closed() {}
        });
    }

    static JsonNode ask(QmpClient monitor, String command, Object... keysAndValues) {
        return monitor.execute(command, Json.object(keysAndValues), BOUND);
    }

    /** Lets QEMU's process reach a socket that somebody else made. */
    static void give(Path socket) throws IOException {
        owner().own(socket);
    }

    /** A condition to wait for. */
    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    static void await(String what, Duration bound, Condition condition) {
        long end = System.nanoTime() + bound.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + bound.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        source.powerOff();
        shadow.powerOff();
        for (QemuEngine engine : engines) {
            engine.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
