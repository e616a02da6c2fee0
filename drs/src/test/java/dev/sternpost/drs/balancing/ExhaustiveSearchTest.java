package dev.sternpost.drs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.ClusterScore;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.recommendation.RecommendationBook;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The search that looks at few moves beside those that look at all. */
class ExhaustiveSearchTest {
    @Test
    void each_move_is_the_best_of_all_that_are_allowed_and_there_is_none_left_at_the_end() {
        Property.holds("greedy over all moves", 300, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPolicy policy = DrsPolicy.standard()
                    .withMigrationThreshold(random.between(2, 5))
                    .withMovesMax(random.between(1, 60));
            ClusterLayout planned = ClusterLayout.of(snapshot, policy);
            RecommendationBook book = new RecommendationBook(planned, policy);
            Balancer.balance(planned, policy, book);
            ClusterLayout layout = ClusterLayout.of(snapshot, policy);
            MoveWorth worth = new MoveWorth(layout, policy);
            boolean[] moved = new boolean[layout.unitCount()];
            for (Recommendation each : book.recommendations()) {
                int unit = layout.unitOf(each.moves().getFirst().vmId());
                int to = indexOf(layout, each.moves().getFirst().toHostId());
                assertThat(worthOf(layout, worth, unit, to))
                        .as("%s", each)
                        .isPositive()
                        .isGreaterThanOrEqualTo(best(layout, policy, worth, moved) - 1e-9);
                layout.move(unit, to);
                moved[unit] = true;
            }
            if (book.recommendations().size() < policy.movesMax()) {
                assertThat(best(layout, policy, worth, moved)).isLessThanOrEqualTo(1e-9);
            }
        });
    }

    private static int indexOf(ClusterLayout layout, HostId id) {
        return IntStream.range(0, layout.hosts().count())
                .filter(host -> layout.host(host).id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static double worthOf(ClusterLayout layout, MoveWorth worth, int unit, int to) {
        return HostSearch.gain(layout, unit, to) - worth.required(unit) - worth.risk(unit, to);
    }

    private static double best(ClusterLayout layout, DrsPolicy policy, MoveWorth worth, boolean[] moved) {
        double best = Double.NEGATIVE_INFINITY;
        for (int unit = 0; unit < layout.unitCount(); unit++) {
            int from = layout.hostOf(unit);
            for (int to = 0; to < layout.hosts().count(); to++) {
                if (from >= 0
                        && from != to
                        && !moved[unit]
                        && layout.movable(unit)
                        && layout.host(from).condition().counts()
                        && layout.fitsWell(unit, to)
                        && leftLongAgo(layout, policy, unit, layout.host(to))) {
                    best = Math.max(best, worthOf(layout, worth, unit, to));
                }
            }
        }
        return best;
    }

    private static boolean leftLongAgo(ClusterLayout layout, DrsPolicy policy, int unit, DrsHost host) {
        for (DrsVm vm : layout.vmsOf(unit)) {
            VmMobility.LastMove last = vm.mobility().lastMove();
            if (last != null
                    && last.fromHostId().equals(host.id())
                    && layout.snapshot().timeSeconds() - last.atSeconds() < policy.returnSeconds()) {
                return false;
            }
        }
        return true;
    }

    /** Fixed seeds: how near greedy comes is a measurement, not a law. */
    @Test
    void on_small_clusters_greedy_is_never_better_than_the_exact_optimum_and_on_average_within_a_hundredth_of_it() {
        int cases = 150;
        double gaps = 0;
        for (int seed = 1; seed <= cases; seed++) {
            DrsSnapshot snapshot = small(new Generator(seed));
            DrsPolicy policy = DrsPolicy.standard().withMigrationThreshold(DrsPolicy.THRESHOLD_MAX);
            ClusterLayout layout = ClusterLayout.of(snapshot, policy);
            double optimum = optimum(ClusterLayout.of(snapshot, policy), 0);
            int moves;
            do {
                RecommendationBook book = new RecommendationBook(layout, policy);
                moves = Balancer.balance(layout, policy, book).moves();
            } while (moves > 0);
            double score = ClusterScore.of(layout.hosts());
            assertThat(score).as("seed %d", seed).isLessThanOrEqualTo(optimum + 1e-9);
            gaps += (optimum - score) / optimum;
        }
        assertThat(gaps / cases).isLessThan(0.01);
    }

    private static DrsSnapshot small(Generator random) {
        List<DrsVm> vms = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            double cpu = random.between(500.0, 8_000.0);
            vms.add(SampleClusters.vm(
                    number,
                    HostId.of(random.chance(0.6) ? 1 : random.between(1, 3)),
                    random.between(1L, 4L) * SampleClusters.GIB,
                    VmDemand.steady(cpu, SampleClusters.GIB),
                    VmMobility.free(1, 10)));
        }
        return SampleClusters.cluster(
                List.of(SampleClusters.host(1), SampleClusters.host(2), SampleClusters.host(3)), vms);
    }

    /** Tries every placement: hosts to the power of units. */
    private static double optimum(ClusterLayout layout, int unit) {
        HostTable hosts = layout.hosts();
        if (unit == layout.unitCount()) {
            return ClusterScore.of(hosts);
        }
        double best = 0;
        for (int host = 0; host < hosts.count(); host++) {
            layout.move(unit, host);
            best = Math.max(best, optimum(layout, unit + 1));
        }
        return best;
    }
}
