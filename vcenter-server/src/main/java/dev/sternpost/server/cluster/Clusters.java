package dev.sternpost.server.cluster;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;

/** Which cluster callers mean. */
public final class Clusters {
    private Clusters() {}

    /**
     * The cluster that is meant.
     *
     * @param reference id, path or unique name; empty for the only one
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID
     */
    public static Cluster meant(InventorySnapshot snapshot, String reference) {
        if (!reference.isEmpty()) {
            return snapshot.resolve(reference, Cluster.class);
        }
        List<Cluster> all = snapshot.objects(Cluster.class);
        if (all.size() != 1) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "There are %d clusters. Say which in \"cluster\".".formatted(all.size()));
        }
        return all.getFirst();
    }
}
