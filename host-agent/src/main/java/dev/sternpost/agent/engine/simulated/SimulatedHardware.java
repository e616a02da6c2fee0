package dev.sternpost.agent.engine.simulated;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a simulated engine, as processes outlive an agent: the running guests of all simulated hosts of this
 * process, and who has which disk open. Safe for use from several threads.
 */
public final class SimulatedHardware {

    private final Map<Key, SimulatedProcess> processes = new ConcurrentHashMap<>();
    private final Map<Path, SimulatedProcess> diskLocks = new ConcurrentHashMap<>();
    private final AtomicLong lastPid = new AtomicLong(1000);

    private record Key(Path runDirectory, String vmId) {}

    /** The guest of a virtual machine of the host with this run directory, to make things happen to it. */
    public Optional<SimulatedGuest> guest(Path runDirectory, String vmId) {
        return find(runDirectory, vmId).map(SimulatedProcess::guest);
    }

    long nextPid() {
        return lastPid.incrementAndGet();
    }

    void add(Path runDirectory, SimulatedProcess process) {
        processes.put(new Key(runDirectory, process.launch().vmId()), process);
    }

    void remove(Path runDirectory, SimulatedProcess process) {
        processes.remove(new Key(runDirectory, process.launch().vmId()), process);
    }

    Optional<SimulatedProcess> find(Path runDirectory, String vmId) {
        return Optional.ofNullable(processes.get(new Key(runDirectory, vmId)));
    }

    List<SimulatedProcess> all(Path runDirectory) {
        List<SimulatedProcess> found = new ArrayList<>();
        processes.forEach((key, process) -> {
            if (key.runDirectory().equals(runDirectory)) {
                found.add(process);
            }
        });
        return found;
    }

    /** Opens all disks for writing, or none. */
    boolean lockDisks(SimulatedProcess process) {
        for (Path disk : process.disks()) {
            @Nullable SimulatedProcess holder = diskLocks.putIfAbsent(disk, process);
            if (holder != null && holder != process) {
                unlockDisks(process);
                return false;
            }
        }
        return true;
    }

    void unlockDisks(SimulatedProcess process) {
        process.disks().forEach(disk -> diskLocks.remove(disk, process));
    }
}
