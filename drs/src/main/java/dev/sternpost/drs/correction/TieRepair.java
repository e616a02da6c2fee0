package dev.sternpost.drs.correction;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.recommendation.Problem;
import dev.sternpost.drs.recommendation.RecommendationBook;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.wording.Words;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Brings together the VMs that rules keep together and that are not: on the host where the least has to move. */
final class TieRepair {
    private final ClusterLayout layout;
    private final RecommendationBook book;

    TieRepair(ClusterLayout layout, RecommendationBook book) {
        this.layout = layout;
        this.book = book;
    }

    void join() {
        boolean[] seen = new boolean[layout.unitCount()];
        for (int unit = 0; unit < seen.length; unit++) {
            if (!seen[unit] && layout.hostOf(unit) >= 0 && layout.breaksTie(unit)) {
                int[] tied = layout.tiedTo(unit);
                Arrays.stream(tied).forEach(each -> seen[each] = true);
                join(tied);
            }
        }
    }

    private void join(int[] tied) {
        int[] homes = Arrays.stream(tied).map(layout::hostOf).toArray();
        int best = -1;
        double bestSeconds = Double.POSITIVE_INFINITY;
        Arrays.stream(tied).forEach(layout::remove);
        for (int host = 0; host < layout.hosts().count(); host++) {
            double seconds = trial(tied, homes, host);
            if (seconds < bestSeconds) {
                best = host;
                bestSeconds = seconds;
            }
        }
        IntStream.range(0, tied.length).forEach(i -> layout.move(tied[i], homes[i]));
        List<DrsVm> vms = Arrays.stream(tied)
                .boxed()
                .flatMap(unit -> layout.vmsOf(unit).stream())
                .toList();
        if (best >= 0) {
            int first = Arrays.stream(tied)
                    .filter(unit -> layout.hostOf(unit) >= 0)
                    .findFirst()
                    .orElseThrow();
            book.move(
                    Cause.RULE,
                    1,
                    "a keep-together rule is broken",
                    tied,
                    best,
                    HostSearch.alternatives(layout, first, best));
        } else {
            book.note(new Problem(
                    Cause.RULE,
                    vms.stream().map(DrsVm::id).toList(),
                    Words.text(
                            "a keep-together rule is broken, but no host can take all of %s. "
                                    + "Free capacity, make those movable that are not, or change the rule.",
                            Words.all(vms.stream().map(DrsVm::name).sorted().toList()))));
        }
    }

    /** Seconds of migration to bring all to a host; infinite when they do not fit or one cannot move. */
    private double trial(int[] tied, int[] homes, int host) {
        double seconds = 0;
        boolean fits = true;
        for (int i = 0; i < tied.length; i++) {
            if (homes[i] == host) {
                layout.move(tied[i], host);
                fits &= !layout.forbidden(tied[i], host);
            }
        }
        // Those that stay are there before anybody comes, so that nobody is given their room.
        for (int i = 0; i < tied.length && fits; i++) {
            if (homes[i] != host) {
                int unit = tied[i];
                fits = layout.immovable(unit).isEmpty() && !book.moved(unit) && layout.fits(unit, host);
                if (fits) {
                    layout.move(unit, host);
                    seconds += layout.migrationSeconds(unit);
                }
            }
        }
        for (int unit : tied) {
            if (layout.hostOf(unit) == host) {
                layout.remove(unit);
            }
        }
        return fits ? seconds : Double.POSITIVE_INFINITY;
    }
}
