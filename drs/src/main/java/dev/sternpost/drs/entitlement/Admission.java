package dev.sternpost.drs.entitlement;

import dev.sternpost.inventory.ResourcePoolId;
import java.util.List;

/** Whether a reservation may be promised. */
public sealed interface Admission {

    /** @param borrowed what ancestors lend, nearest first; empty when the pool has enough itself */
    record Admitted(List<Borrowed> borrowed) implements Admission {
        public Admitted {
            borrowed = List.copyOf(borrowed);
        }
    }

    /** What one pool lends to the pool below it. */
    record Borrowed(ResourcePoolId lenderId, long amount) {}

    /**
     * @param poolId the pool that stands in the way
     * @param missing how much too much it is, in MHz or bytes
     * @param explanation what is lacking and what to do
     */
    record Refused(ResourcePoolId poolId, Resource resource, long missing, String explanation) implements Admission {}
}
