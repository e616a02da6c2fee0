package dev.sternpost.drs.search;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.Obstacle;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Makes room: finds a host that one unit would have to leave for another unit to fit, and where that one can go. */
public final class RoomSearch {
    private static final Set<Obstacle> ROOM = EnumSet.of(Obstacle.MEMORY, Obstacle.CPU_RESERVATION);

    private RoomSearch() {}

    /**
     * @param host the host that a unit fits on afterwards
     * @param leaver the unit that leaves it first
     * @param refuge where that goes
     */
    public record Room(int host, int leaver, int refuge) {}

    /**
     * The way that takes the shortest migration.
     *
     * @param mayLeave which units may be asked to leave; those that cannot move are not
     */
    public static Optional<Room> find(ClusterLayout layout, int unit, IntPredicate mayLeave) {
        Room best = null;
        double bestSeconds = Double.POSITIVE_INFINITY;
        int home = layout.hostOf(unit);
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (host != home && ROOM.containsAll(layout.obstacles(unit, host))) {
                for (int i = 0; i < layout.unitCountOn(host); i++) {
                    int leaver = layout.unitOn(host, i);
                    double seconds = layout.migrationSeconds(leaver);
                    if ((seconds < bestSeconds || (seconds == bestSeconds && best != null && leaver < best.leaver()))
                            && layout.immovable(leaver).isEmpty()
                            && mayLeave.test(leaver)
                            && frees(layout, leaver, unit, host)) {
                        int refuge = refuge(layout, leaver, home);
                        if (refuge >= 0) {
                            best = new Room(host, leaver, refuge);
                            bestSeconds = seconds;
                        }
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean frees(ClusterLayout layout, int leaver, int unit, int host) {
        return layout.hosts()
                .hasRoom(
                        host,
                        layout.memoryCommitted(unit) - layout.memoryCommitted(leaver),
                        Math.max(0, layout.cpuReserved(unit) - layout.cpuReserved(leaver)));
    }

    /** Where the leaver can go; not to where the unit comes from, since that is what is to be left. */
    private static int refuge(ClusterLayout layout, int leaver, int home) {
        int best = -1;
        double bestHarm = Double.POSITIVE_INFINITY;
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (host != home && host != layout.hostOf(leaver) && layout.fitsWell(leaver, host)) {
                double harm = HostSearch.harm(layout, leaver, host);
                if (harm < bestHarm) {
                    best = host;
                    bestHarm = harm;
                }
            }
        }
        return best;
    }
}
