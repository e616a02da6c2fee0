package dev.sternpost.drs.snapshot;

import dev.sternpost.inventory.HostId;
import org.jspecify.annotations.Nullable;

/**
 * What moving a VM means.
 *
 * @param automation what is done without asking, when it differs from the cluster's; null when it does not
 * @param pinnedBecause why it cannot be moved while it runs, such as "uses a device of its host"; empty when it can
 * @param migrationSeconds how long a live migration takes, as predicted
 * @param pauseMillis how long the guest stands still in it, as predicted
 * @param lastMove where it came from and when; null when it is not known to have moved
 */
public record VmMobility(
        @Nullable AutomationLevel automation,
        String pinnedBecause,
        double migrationSeconds,
        double pauseMillis,
        @Nullable LastMove lastMove) {

    /**
     * A move that was made.
     *
     * @param fromHostId the host it left
     * @param atSeconds in the time of {@link DrsSnapshot#timeSeconds()}
     */
    public record LastMove(HostId fromHostId, long atSeconds) {}

    public VmMobility {
        if (!(migrationSeconds >= 0 && pauseMillis >= 0) || !Double.isFinite(migrationSeconds + pauseMillis)) {
            throw new IllegalArgumentException("a migration takes some time");
        }
    }

    /** A VM that moves freely. */
    public static VmMobility free(double migrationSeconds, double pauseMillis) {
        return new VmMobility(null, "", migrationSeconds, pauseMillis, null);
    }

    public VmMobility withLastMove(HostId fromHostId, long atSeconds) {
        return new VmMobility(
                automation, pinnedBecause, migrationSeconds, pauseMillis, new LastMove(fromHostId, atSeconds));
    }
}
