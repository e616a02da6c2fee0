package dev.sternpost.sim.drs;

import dev.sternpost.drs.demand.ContentionModel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.HostId;
import java.util.List;

/** A host: what it has and how it is. */
final class SimHost {
    static final int CORE_MHZ = 2_000;

    final HostId id;
    final int cpuCount;
    final long memoryBytes;
    final ContentionModel contention = new ContentionModel();
    HostCondition condition;

    /** Part of its CPUs' time that others take. */
    double steal;

    /** When it was last woken or put into stand-by. */
    long changedAtSeconds;

    SimHost(HostId id, int cpuCount, long memoryBytes, HostCondition condition) {
        this.id = id;
        this.cpuCount = cpuCount;
        this.memoryBytes = memoryBytes;
        this.condition = condition;
    }

    double cpuMhz() {
        return (double) cpuCount * CORE_MHZ;
    }

    DrsHost described() {
        return new DrsHost(
                id,
                id.value(),
                condition,
                cpuCount,
                (long) cpuCount * CORE_MHZ,
                memoryBytes,
                List.of(),
                List.of(),
                contention.planned());
    }
}
