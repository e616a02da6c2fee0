package dev.sternpost.drs.placement;

import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Host;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The datastore for a new VM: one that as many of the hosts see as see any, since that is where the VM can be moved to later, and of
 * those the one that is emptiest afterwards.
 */
public final class DatastorePlanner {
    /** The part of a datastore that is kept free: thin disks grow. */
    private static final double RESERVE = 0.05;

    private DatastorePlanner() {}

    /**
     * What is thought of one datastore.
     *
     * @param obstacles every reason why it will not do; empty when it will
     * @param hostCount how many of the usable hosts see it
     * @param freeAfter the part of it that would be free afterwards
     */
    public record DatastoreVerdict(
            DatastoreId datastoreId, String name, List<String> obstacles, int hostCount, double freeAfter) {
        public DatastoreVerdict {
            obstacles = List.copyOf(obstacles);
        }

        public boolean feasible() {
            return obstacles.isEmpty();
        }
    }

    /**
     * Every datastore, best first: the first is the one to take when it will do.
     *
     * @param bytes what the VM's disks may come to
     * @param hosts that the VM may be placed on
     */
    public static List<DatastoreVerdict> rank(long bytes, Collection<Datastore> datastores, Collection<Host> hosts) {
        return datastores.stream()
                .map(datastore -> verdict(bytes, datastore, hosts))
                .sorted(Comparator.comparing((DatastoreVerdict verdict) -> !verdict.feasible())
                        .thenComparing(Comparator.comparingInt(DatastoreVerdict::hostCount)
                                .reversed())
                        .thenComparing(Comparator.comparingDouble(DatastoreVerdict::freeAfter)
                                .reversed())
                        .thenComparing(DatastoreVerdict::datastoreId))
                .toList();
    }

    private static DatastoreVerdict verdict(long bytes, Datastore datastore, Collection<Host> hosts) {
        List<String> obstacles = new ArrayList<>();
        int seen = (int) hosts.stream()
                .filter(host -> host.isConnected() && !host.inMaintenance())
                .filter(host -> host.datastoreIds().contains(datastore.id()))
                .count();
        if (!datastore.accessible()) {
            obstacles.add("is not accessible");
        }
        if (seen == 0) {
            obstacles.add("is seen by no host that could run the VM");
        }
        double after = datastore.capacityBytes() == 0
                ? 0
                : (double) (datastore.freeBytes() - bytes) / datastore.capacityBytes();
        if (after < RESERVE) {
            obstacles.add(Words.text(
                    "has %s free, the VM needs %s and %s are kept free",
                    Words.mib(datastore.freeBytes()),
                    Words.mib(bytes),
                    Words.mib(datastore.capacityBytes() * RESERVE)));
        }
        return new DatastoreVerdict(datastore.id(), datastore.name(), obstacles, seen, after);
    }
}
