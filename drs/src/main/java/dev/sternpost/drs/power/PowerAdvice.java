package dev.sternpost.drs.power;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.inventory.HostId;

/** One piece of advice about a host's power. */
public sealed interface PowerAdvice {
    /** The host. */
    HostId hostId();

    /** Why, in words. */
    String reason();

    /** To be woken. */
    record Wake(HostId hostId, String reason) implements PowerAdvice {}

    /**
     * To be emptied and put into stand-by.
     *
     * @param evacuation how it is emptied
     */
    record StandBy(HostId hostId, String reason, EvacuationPlan evacuation) implements PowerAdvice {}
}
