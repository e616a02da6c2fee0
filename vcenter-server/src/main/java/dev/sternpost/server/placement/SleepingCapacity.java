package dev.sternpost.server.placement;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.server.placement.Placements.Candidates;
import dev.sternpost.server.work.Newcomer;
import java.util.Optional;

/** Room on hosts that sleep to save power. */
@FunctionalInterface
public interface SleepingCapacity {
    /** Where no host sleeps. */
    SleepingCapacity NONE = (snapshot, vm, candidates) -> Optional.empty();

    /**
     * Asked when no host that is on can take a VM that is to run. Has a host woken when one that sleeps could; quick.
     *
     * @return what is being done about it, as a sentence; empty when nothing is, and waiting would be in vain
     */
    Optional<String> wakeFor(InventorySnapshot snapshot, Newcomer vm, Candidates candidates);
}
