package dev.sternpost.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.rule.RuleConflicts;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import org.junit.jupiter.api.Test;

/** That what we are held against does its work, or the comparison would flatter. */
class ComparatorsTest {
    private static final ClusterShape SHAPE = new ClusterShape(8, 200, 12, 3, 0.1);

    @Test
    void a_generated_cluster_is_crooked_and_its_rules_hold() {
        DrsSnapshot snapshot = SkewedCluster.make(SHAPE, 1);
        assertThat(snapshot.rules()).hasSize(12);
        assertThat(RuleViolations.of(snapshot.rules(), snapshot.placement())).isEmpty();
        assertThat(RuleConflicts.among(
                        snapshot.rules(),
                        snapshot.hosts().stream().map(DrsHost::id).toList()))
                .isEmpty();
        assertThat(Spread.of(snapshot, snapshot.placement()).both()).isGreaterThan(0.2);
        assertThat(SkewedCluster.make(SHAPE, 1)).isEqualTo(snapshot);
    }

    @Test
    void exhaustive_greedy_and_the_planner_both_make_it_even() {
        DrsSnapshot snapshot = SkewedCluster.make(new ClusterShape(8, 200, 0, 1, 0), 1);
        assertThat(Spread.of(snapshot, ExhaustiveGreedy.balance(snapshot, 100)).both())
                .isLessThan(0.03);
        DrsPolicy policy = DrsPolicy.standard().withMigrationThreshold(5).withMovesMax(100);
        assertThat(Spread.of(snapshot, Spread.after(snapshot, DrsPlanner.plan(snapshot, policy)))
                        .both())
                .isLessThan(0.05);
    }

    @Test
    void hbal_reads_the_cluster_and_evens_it_out() {
        assumeTrue(Hbal.present(), "Debian's ganeti-htools is not installed");
        DrsSnapshot snapshot = SkewedCluster.make(new ClusterShape(4, 60, 0, 1, 0), 1);
        Hbal.Outcome outcome = Hbal.balance(snapshot, 10, 60).orElseThrow();
        assertThat(outcome.placement()).hasSameSizeAs(snapshot.vms());
        assertThat(Spread.of(snapshot, outcome.placement()).both())
                .isLessThan(Spread.of(snapshot, snapshot.placement()).both());
    }
}
