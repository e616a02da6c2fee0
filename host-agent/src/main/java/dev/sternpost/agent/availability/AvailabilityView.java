package dev.sternpost.agent.availability;

import dev.sternpost.ha.coordinator.HostVerdict;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.restart.RestartItem;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How this host stands in high availability.
 *
 * @param plan what it goes by
 * @param atMillis when, by the machine's own time; moments within are of the same
 * @param membership unset while it does not take part
 */
public record AvailabilityView(
        Plan plan, long atMillis, @Nullable Membership membership) {

    /**
     * How a host that takes part stands.
     *
     * @param leaseLeftMillis for how long the lease is good; 0 when it is over
     * @param fenceProof how it was proved that this host can stop its virtual machines; empty while it was not
     * @param fenceProblem why that cannot be relied on; empty when it can
     * @param watchdog device; empty for none
     * @param datastoreProblem why the heartbeat datastore cannot be used; empty when it can
     * @param machine unset while it is beginning
     */
    public record Membership(
            boolean guardUp,
            long leaseLeftMillis,
            String fenceProof,
            String fenceProblem,
            String watchdog,
            String datastoreProblem,
            @Nullable Machine machine) {}

    /** What the host's machine thinks. */
    public record Machine(
            boolean isolated,
            boolean coordinator,
            long term,
            SortedSet<HostId> heard,
            SortedMap<HostId, HostVerdict> verdicts,
            List<RestartItem> restarts,
            List<VmEntry> vms) {

        static Machine of(HostMachine.State state, long atMillis) {
            boolean leads = state.isCoordinator();
            Collection<RestartItem> restarts = state.restarts().values();
            return new Machine(
                    state.isIsolated(),
                    leads,
                    state.termMax(),
                    new TreeSet<>(state.heard(atMillis)),
                    leads ? state.verdicts() : new TreeMap<>(),
                    leads ? List.copyOf(restarts) : List.of(),
                    List.copyOf(state.entries()));
        }
    }
}
