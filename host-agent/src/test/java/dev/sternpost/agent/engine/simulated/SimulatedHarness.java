package dev.sternpost.agent.engine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EngineHarness;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.vmdirectory.DiskShape;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Hosts in this process; an engine that was closed is replaced by a new one over the same hardware. */
final class SimulatedHarness implements EngineHarness {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final SimulatedHardware hardware = new SimulatedHardware();
    private final Path temporary;
    private final Path runs;
    private final Map<Integer, HypervisorEngine> engines = new HashMap<>();

    SimulatedHarness(Path temporary) {
        this.temporary = temporary;
        try {
            this.runs = Files.createTempDirectory(Path.of("/tmp"), "sps");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path runDirectory(int host) {
        return runs.resolve("h" + host);
    }

    @Override
    public HypervisorEngine engine(int host) {
        HypervisorEngine engine = engines.get(host);
        if (engine == null || engine instanceof SimulatedEngine simulated && simulated.closed()) {
            engine = new SimulatedEngine(hardware, runDirectory(host), "boot-1");
            engines.put(host, engine);
        }
        return engine;
    }

    @Override
    public VmLaunch launch(String vmId, LaunchMode mode) {
        Path directory = temporary.resolve("guest");
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(directory);
                Files.createFile(directory.resolve("disk"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        VmShape shape = new VmShape(
                vmId,
                "Guest",
                new UUID(1, 2),
                1,
                32 << 20,
                Firmware.BIOS,
                List.of(new DiskShape("disk0", 1 << 20, Provisioning.THIN, "disk", 0)),
                List.of(new NicShape("nic0", "lan", "52:54:00:00:00:17")),
                "");
        return new VmLaunch(shape, directory, "guest", 3, mode);
    }

    @Override
    public VmLaunch tickingLaunch(String vmId, LaunchMode mode) {
        return launch(vmId, mode);
    }

    private SimulatedGuest guest(RunningVm vm) {
        return hardware.guest(Objects.requireNonNull(vm.socketDirectory().getParent()), vm.vmId())
                .orElseThrow();
    }

    @Override
    public void awaitGuest(RunningVm vm) {
        requireGuestWorks(vm);
    }

    @Override
    public void requireGuestWorks(RunningVm vm) {
        SimulatedGuest guest = guest(vm);
        long before = guest.instructions();
        Await.until("the guest computes", BOUND, () -> guest.instructions() > before);
        assertThat(guest.intact()).as("memory intact").isTrue();
    }

    @Override
    public void guestShutsDown(RunningVm vm) {
        guest(vm).shutDown();
    }

    @Override
    public void guestRestarts(RunningVm vm) {
        guest(vm).restart();
    }

    @Override
    public void kill(RunningVm vm) {
        guest(vm).kill();
    }

    @Override
    public List<String> leftovers(int host) {
        List<String> found = new ArrayList<>();
        hardware.all(runDirectory(host))
                .forEach(process -> found.add(process.launch().vmId()));
        if (Files.isDirectory(runDirectory(host))) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(runDirectory(host))) {
                entries.forEach(entry -> found.add(entry.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    @Override
    public Path scratch() {
        return temporary;
    }

    @Override
    public void close() {
        engines.keySet().forEach(host -> {
            List.copyOf(engine(host).running()).forEach(RunningVm::powerOff);
            engine(host).clear("vm-17");
            try {
                Files.deleteIfExists(runDirectory(host));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(runs.toFile().delete()).as("nothing left in " + runs).isTrue();
    }
}
