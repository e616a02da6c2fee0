package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.lease.SlotWatch;
import dev.sternpost.ha.table.VmTable;
import org.jspecify.annotations.Nullable;

/**
 * A host as its coordinator, or one who may become it, sees it.
 *
 * @param watch its lease; null when that was never read
 * @param lease what it said when it was last a whole one; null when it never was
 * @param reading when the read of its lease began that is under way; negative when none is
 * @param verdict what is thought of it
 * @param inclined what would be thought of it if that stays so
 * @param inclinedSinceMillis since when
 * @param overSinceMillis since when its lease is over; negative when it is not
 * @param table what its table on the datastore said last; null when that was never read
 * @param tableStartedMillis when that read began
 * @param tableReading when the read of its table began that is under way; negative when none is
 */
record Watched(
        @Nullable SlotWatch watch,
        @Nullable HostLease lease,
        long reading,
        HostVerdict verdict,
        HostVerdict inclined,
        long inclinedSinceMillis,
        long overSinceMillis,
        @Nullable VmTable table,
        long tableStartedMillis,
        long tableReading) {
    static final Watched NEW =
            new Watched(null, null, -1, HostVerdict.UNKNOWN, HostVerdict.UNKNOWN, 0, -1, null, Long.MIN_VALUE, -1);

    /** Whether its lease says now what it said when it was last a whole one. */
    boolean isWhole() {
        return watch != null && lease != null && watch.content().equals(lease.encoded());
    }

    /** Whether its table was read after its lease was over, so that it says all there is. */
    boolean isTableFinal() {
        return overSinceMillis >= 0 && table != null && tableStartedMillis >= overSinceMillis;
    }

    Watched withWatch(SlotWatch newWatch, long newReading) {
        boolean same = watch != null && watch.content().equals(newWatch.content());
        return new Watched(
                newWatch,
                same ? lease : leaseIn(newWatch.content()),
                newReading,
                verdict,
                inclined,
                inclinedSinceMillis,
                overSinceMillis,
                table,
                tableStartedMillis,
                tableReading);
    }

    private @Nullable HostLease leaseIn(String content) {
        return HostLease.decode(content).orElse(content.equals(HostLease.LEFT) ? null : lease);
    }

    Watched withReading(long newReading) {
        return new Watched(
                watch,
                lease,
                newReading,
                verdict,
                inclined,
                inclinedSinceMillis,
                overSinceMillis,
                table,
                tableStartedMillis,
                tableReading);
    }

    Watched withVerdict(HostVerdict newVerdict, HostVerdict newInclined, long newSince, long newOverSince) {
        boolean same = newVerdict == verdict && newInclined == inclined && newSince == inclinedSinceMillis;
        if (same && newOverSince == overSinceMillis) {
            return this;
        }
        return new Watched(
                watch,
                lease,
                reading,
                newVerdict,
                newInclined,
                newSince,
                newOverSince,
                table,
                tableStartedMillis,
                tableReading);
    }

    Watched withTable(@Nullable VmTable newTable, long newStarted, long newReading) {
        return new Watched(
                watch,
                lease,
                reading,
                verdict,
                inclined,
                inclinedSinceMillis,
                overSinceMillis,
                newTable,
                newStarted,
                newReading);
    }
}
