package dev.sternpost.drs.search;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.wording.Words;
import java.util.Set;

/**
 * Why a unit cannot leave its host.
 *
 * @param reason in words
 * @param remedy what to do about it
 */
public record Blocked(String reason, String remedy) {

    /** Of a unit that cannot move, or for which no host was found. */
    public static Blocked of(ClusterLayout layout, int unit) {
        Set<Obstacle> immovable = layout.immovable(unit);
        if (immovable.contains(Obstacle.SOURCE)) {
            return new Blocked("Its host is not connected", "Bring the host back first.");
        }
        if (immovable.contains(Obstacle.PINNED)) {
            return layout.vmsOf(unit).stream()
                    .filter(vm -> !vm.mobility().pinnedBecause().isEmpty())
                    .findFirst()
                    .map(vm -> new Blocked(
                            vm.name() + " " + vm.mobility().pinnedBecause(), "Power it off or take that away."))
                    .orElseThrow();
        }
        if (immovable.contains(Obstacle.AUTOMATION)) {
            return new Blocked(names(layout, unit) + " is left out of automation", "Move it by hand, or put it back.");
        }
        return new Blocked(HostSearch.whyNowhere(layout, unit), HostSearch.remedy(layout, unit));
    }

    /** The names of a unit's VMs. */
    public static String names(ClusterLayout layout, int unit) {
        return Words.all(layout.vmsOf(unit).stream().map(DrsVm::name).toList());
    }
}
