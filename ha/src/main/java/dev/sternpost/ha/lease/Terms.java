package dev.sternpost.ha.lease;

import dev.sternpost.ha.timing.HaTiming;

/**
 * What a host believes of the coordinators' terms. Only the slot of the coordinator's lease is believed, which every host reads, and whoever cannot
 * has no lease either: what other members say is compared with it and raises nothing. A wrong term must not hold up the cluster for ever: the slot is
 * believed near to what is known, and a lower term is gone back to once its holder has kept renewing under it for as long as a host takes to be
 * dead. Nothing rests on terms but whose orders are asked about: each start goes by the lock.
 *
 * @param max the highest term believed
 * @param recorded the term that the slot showed last; negative before the first look
 * @param lowerSinceMillis since when the slot shows a lower term than the highest; negative when it does not
 * @param toldMillis when it was told last that a term is not believed; negative when it never was
 */
public record Terms(long max, long recorded, long lowerSinceMillis, long toldMillis) {
    /** The highest there is; after it comes 1 again. Hundreds of years of elections without pause. */
    public static final long TERM_MAX = Integer.MAX_VALUE;

    /** By how much what members say may be above what is known: elections in two hours of nothing else. */
    public static final long HEARSAY_RISE_MAX = 1_000;

    /** By how much the slot may rise between two looks of one agent, which may not have reached it for a long time. */
    public static final long RECORD_RISE_MAX = 1_000_000;

    private static final long TELL_AGAIN_MILLIS = 60_000;

    static final Terms START = new Terms(0, -1, -1, -1);

    /** Whether a number is a term at all. */
    static boolean isTerm(long term) {
        return term >= 0 && term <= TERM_MAX;
    }

    long next() {
        return max >= TERM_MAX ? 1 : max + 1;
    }

    /** Whether a member may say that: it may have read the slot a moment later. Before this host has read it, anything may be. */
    public boolean maySay(long term) {
        return isTerm(term) && (recorded < 0 || term <= max + HEARSAY_RISE_MAX);
    }

    /** Whether the slot may say that. */
    boolean mayBeRecorded(long term) {
        return isTerm(term) && (recorded < 0 || term <= max + RECORD_RISE_MAX);
    }

    /**
     * The slot says it.
     *
     * @param moved whether it was written since the look before
     */
    Terms read(long term, boolean moved, HaTiming timing, long at) {
        if (term >= max) {
            return new Terms(term, term, -1, toldMillis);
        }
        long since = lowerSinceMillis < 0 ? at : lowerSinceMillis;
        return moved && at >= since + timing.deadMillis()
                ? new Terms(term, term, -1, toldMillis)
                : new Terms(max, term, since, toldMillis);
    }

    /** This host claims it. */
    Terms claimed(long term) {
        return new Terms(Math.max(max, term), recorded, lowerSinceMillis, toldMillis);
    }

    /** Whether to tell now that a term is not believed: not each time that it is said. */
    public boolean tellsAt(long at) {
        return toldMillis < 0 || at >= toldMillis + TELL_AGAIN_MILLIS;
    }

    public Terms told(long at) {
        return new Terms(max, recorded, lowerSinceMillis, at);
    }
}
