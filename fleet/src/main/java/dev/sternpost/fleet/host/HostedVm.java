package dev.sternpost.fleet.host;

import dev.sternpost.agent.engine.simulated.DemandSeries;
import dev.sternpost.proto.agent.v1.VmSpec;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A virtual machine in the books of one host. Guarded by its host. */
final class HostedVm {
    static final long UNLIMITED = -1;

    private final String vmId;
    private final VmFiles files;
    private final DemandSeries cpu;
    private final DemandSeries memory;

    long generation;
    VmState state;
    long bootEpochMillis;

    @Nullable
    Move move;
    /** Whether pages are on their way to another host. */
    boolean leaving;

    long cpuLimitPermille = UNLIMITED;

    HostedVm(String vmId, VmFiles files, long generation, VmState state) {
        this.vmId = vmId;
        this.files = files;
        this.generation = generation;
        this.state = state;
        long seed = seed(files.spec());
        this.cpu = new DemandSeries(seed);
        this.memory = new DemandSeries(seed + 1);
    }

    /** The same guest has the same demand on whichever host it runs. */
    private static long seed(VmSpec spec) {
        try {
            UUID uuid = UUID.fromString(spec.getUuid());
            return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
        } catch (IllegalArgumentException e) {
            return spec.getUuid().hashCode();
        }
    }

    String vmId() {
        return vmId;
    }

    VmFiles files() {
        return files;
    }

    boolean isOn() {
        return state == VmState.ON;
    }

    /** Share of its virtual CPUs that the guest wants at a time, 0 to 1. */
    double cpuDemand(long epochMillis) {
        return cpu.at(epochMillis);
    }

    /** Share of its memory that the guest works with at a time, 0 to 1. */
    double memoryDemand(long epochMillis) {
        return memory.at(epochMillis);
    }
}
