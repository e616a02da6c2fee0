package dev.sternpost.drs.power;

import dev.sternpost.drs.snapshot.DrsSnapshot;

/** What high availability says: whether the hosts that are on could restart what fails with those it plans for. */
@FunctionalInterface
public interface FailoverCapacity {
    /** Where high availability is not used. */
    FailoverCapacity NOT_NEEDED = snapshot -> true;

    /** Whether enough is left with the cluster like this. */
    boolean enough(DrsSnapshot snapshot);
}
