package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.lease.SlotWatch;
import dev.sternpost.ha.timing.HaTiming;
import org.jspecify.annotations.Nullable;

/**
 * What there is to judge a host by.
 *
 * @param watch its lease; null when that was never read
 * @param lease what that said when it was last a whole one; null when it never was
 * @param heard whether it was heard over the network lately
 */
record Evidence(@Nullable SlotWatch watch, @Nullable HostLease lease, boolean heard, long atMillis) {

    /**
     * Whether its lease is over: nothing runs there, and what it ran may be started elsewhere. The only word that safety depends on. A lease
     * that was never written, or given up, is not over: what runs there is not guarded.
     */
    boolean isOver(HaTiming timing) {
        return watch != null && isLease(watch.content()) && watch.unmovedMillis() >= overMillis(lease, timing);
    }

    /** One that somebody deleted has a guard that would have written it again. */
    private boolean isLease(String content) {
        return !content.equals(HostLease.LEFT) && (!content.isEmpty() || lease != null);
    }

    /**
     * How long a lease must not have moved before it is over. A host that was not told of shorter times yet stops what it runs by the longer ones:
     * its own word counts, up to the longest there are, which one that says nothing, or was never seen whole, may go by.
     */
    static long overMillis(@Nullable HostLease lease, HaTiming timing) {
        long longest = HaTiming.PATIENT.deadMillis();
        long own = lease == null || lease.deadMillis() == 0 ? longest : Math.min(lease.deadMillis(), longest);
        return Math.max(own, timing.deadMillis());
    }

    HostVerdict verdict(HaTiming timing) {
        if (watch == null) {
            return HostVerdict.UNKNOWN;
        }
        if (isOver(timing)) {
            return heard ? HostVerdict.STORAGE_LOST : HostVerdict.DEAD;
        }
        if (watch.ageMillis(atMillis) > timing.silenceMillis()) {
            // This host cannot read itself, and knows nothing about others.
            return HostVerdict.UNKNOWN;
        }
        if (watch.unmovedMillis() >= timing.silenceMillis()) {
            return heard ? HostVerdict.STORAGE_LOST : HostVerdict.SILENT;
        }
        if (lease != null && !lease.agentUp()) {
            return HostVerdict.AGENT_DOWN;
        }
        if (lease != null && lease.isolated()) {
            return HostVerdict.ISOLATED;
        }
        return heard ? HostVerdict.ALIVE : HostVerdict.PARTITIONED;
    }
}
