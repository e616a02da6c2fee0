package dev.sternpost.sim.drs;

import dev.sternpost.drs.demand.DemandModel;
import dev.sternpost.drs.demand.UsageSample;
import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A VM that runs: what it wants, where it is, and what is believed of it. */
final class SimVm {
    static final int CPUS = 4;

    private static final double MOVE_SECONDS = 3;
    private static final double COPY_BYTES_PER_SECOND = 100e6;
    private static final double PAUSE_MILLIS = 300;

    final VirtualMachineId id;
    final long memoryBytes;
    final String pinnedBecause;
    final DemandModel model = new DemandModel();
    double cpuMhz;
    HostId host;

    /** Where it is on its way to. */
    @Nullable
    HostId target;

    VmMobility.@Nullable LastMove lastMove;

    SimVm(VirtualMachineId id, HostId host, double cpuMhz, long memoryBytes, String pinnedBecause) {
        this.id = id;
        this.host = host;
        this.cpuMhz = cpuMhz;
        this.memoryBytes = memoryBytes;
        this.pinnedBecause = pinnedBecause;
    }

    double migrationSeconds() {
        return MOVE_SECONDS + memoryBytes / COPY_BYTES_PER_SECOND;
    }

    /** It wanted so much and got so much since the sample before. */
    void measured(long seconds, double wantedMhz, double gotMhz) {
        model.observe(
                new UsageSample(seconds, gotMhz, Math.max(0, wantedMhz - gotMhz), memoryBytes, memoryBytes / 2.0, 0));
    }

    /** As the planner is told of it: on its way it counts where it goes to, and is left alone. */
    DrsVm described(ResourcePoolId pool) {
        String pinned = target == null ? pinnedBecause : "has a task under way";
        return new DrsVm(
                id,
                id.value(),
                target == null ? host : target,
                true,
                pool,
                CPUS,
                memoryBytes,
                Allocation.normalCpu(CPUS),
                Allocation.normalMemory(memoryBytes),
                model.planned((double) CPUS * SimHost.CORE_MHZ, memoryBytes),
                List.of(),
                List.of(),
                new VmMobility(null, pinned, migrationSeconds(), PAUSE_MILLIS, lastMove));
    }
}
