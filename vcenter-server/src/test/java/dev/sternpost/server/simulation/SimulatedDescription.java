package dev.sternpost.server.simulation;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkKind;
import dev.sternpost.server.host.HostDescription;
import dev.sternpost.server.host.HostDescription.SeenDatastore;
import java.util.List;
import java.util.UUID;

/** What simulated hosts say of themselves: two shared datastores, the second one small; the second host has one of its own besides. */
final class SimulatedDescription {
    private static final long GIBIBYTE = 1L << 30;

    private SimulatedDescription() {}

    static HostDescription of(HostId id, UUID datastore, GuestMachines machines) {
        HostFacts facts = new HostFacts(
                "cpu",
                4,
                2000,
                4 * GIBIBYTE,
                Accelerator.TCG,
                "no vmx",
                "7.2.5",
                "0.1",
                "127.0.1." + id.number() % 10 + ":7450",
                List.of(),
                machines);
        SeenDatastore large = new SeenDatastore(datastore, "shared1", 100 * GIBIBYTE, 90 * GIBIBYTE, true);
        SeenDatastore small = new SeenDatastore(new UUID(7, 8), "shared2", 10 * GIBIBYTE, 9 * GIBIBYTE, true);
        SeenDatastore own = new SeenDatastore(new UUID(7, 9), "local2", 10 * GIBIBYTE, 9 * GIBIBYTE, true);
        return new HostDescription(
                facts,
                id.equals(SimulatedDatacenter.TWO) ? List.of(large, small, own) : List.of(large, small),
                List.of(new HostDescription.SeenNetwork("VM Network", NetworkKind.BRIDGED)));
    }
}
