package dev.sternpost.drs.placement;

import static dev.sternpost.drs.SampleClusters.GIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.inventory.HostId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostFleetTest {
    private static final HostNeeds NEEDS =
            new HostNeeds(2, List.of(SampleClusters.SHARED), List.of(SampleClusters.NETWORK), List.of());

    private static Arrival arrival(Footprint footprint, PlacementGoal goal) {
        return new Arrival(NEEDS, footprint, Map.of(), goal);
    }

    private static Footprint footprint(int cpuMhz, long memoryGib) {
        return new Footprint(cpuMhz, memoryGib * GIB, memoryGib * GIB, 0);
    }

    @Test
    void balance_spreads_and_pack_fills_up() {
        HostFleet fleet = new HostFleet(List.of(SampleClusters.host(1), SampleClusters.host(2)), 0.1);
        fleet.add(HostId.of(1), footprint(4000, 8));
        assertThat(fleet.place(arrival(footprint(1000, 2), PlacementGoal.BALANCE)))
                .contains(HostId.of(2));
        assertThat(fleet.place(arrival(footprint(1000, 2), PlacementGoal.PACK))).contains(HostId.of(1));
        fleet.remove(HostId.of(1), footprint(4000, 8));
        assertThat(fleet.place(arrival(footprint(1000, 2), PlacementGoal.BALANCE)))
                .contains(HostId.of(1));
    }

    @Test
    void a_should_rule_yields_only_when_no_other_host_has_room() {
        Rule.VmHost rule = new Rule.VmHost(
                "near the array",
                true,
                Rule.Affinity.RUN_ON,
                Rule.Strength.SHOULD,
                SampleClusters.vmIds(1),
                SampleClusters.hostIds(2));
        HostNeeds needs = new HostNeeds(2, List.of(), List.of(), List.of(rule));
        HostFleet fleet = new HostFleet(List.of(SampleClusters.host(1), SampleClusters.host(2)), 0.1);
        fleet.add(HostId.of(2), footprint(15_000, 28));
        Arrival small = new Arrival(needs, footprint(100, 2), Map.of(), PlacementGoal.BALANCE);
        Arrival large = new Arrival(needs, footprint(100, 8), Map.of(), PlacementGoal.BALANCE);
        assertThat(fleet.place(small)).contains(HostId.of(2));
        assertThat(fleet.place(large)).contains(HostId.of(1));
        assertThat(fleet.verdicts(small)).extracting(HostVerdict::disliked).containsExactly(false, true);
    }

    @Test
    void a_reason_of_the_moment_keeps_a_host_out_and_is_told() {
        HostFleet fleet = new HostFleet(List.of(SampleClusters.host(1)), 0.1);
        Arrival arrival =
                new Arrival(NEEDS, footprint(100, 1), Map.of(HostId.of(1), "is being updated"), PlacementGoal.BALANCE);
        assertThat(fleet.place(arrival)).isEmpty();
        assertThat(fleet.verdicts(arrival).getFirst().obstacles()).containsExactly("is being updated");
    }

    @Test
    void the_quick_answer_is_the_best_of_the_explained_ones_and_reasons_are_complete() {
        Property.holds("fleet", random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            HostFleet fleet = new HostFleet(snapshot.hosts(), 0.1);
            snapshot.vms().stream()
                    .filter(vm -> vm.poweredOn())
                    .forEach(vm -> fleet.add(
                            vm.hostId() == null ? HostId.of(1) : vm.hostId(),
                            new Footprint(
                                    vm.demand().cpuMhz(),
                                    vm.demand().memoryBytes(),
                                    vm.memoryBytes(),
                                    vm.cpu().reservation())));
            Arrival arrival = drawArrival(random, snapshot);
            List<HostVerdict> verdicts = fleet.verdicts(arrival);
            Optional<HostId> expected =
                    verdicts.stream().filter(HostVerdict::feasible).findFirst().map(HostVerdict::hostId);
            assertThat(fleet.place(arrival)).isEqualTo(expected);
            assertThat(verdicts).hasSameSizeAs(snapshot.hosts());
            for (HostVerdict verdict : verdicts) {
                DrsHost host = snapshot.host(verdict.hostId());
                int expectedReasons = (int) arrival.needs().reasons(host).stream()
                        .filter(reason -> !reason.startsWith("is disliked"))
                        .count();
                assertThat(verdict.obstacles()).hasSizeGreaterThanOrEqualTo(expectedReasons);
            }
        });
    }

    private static Arrival drawArrival(Generator random, DrsSnapshot snapshot) {
        List<Rule.VmHost> rules = snapshot.rules().stream()
                .filter(rule -> rule instanceof Rule.VmHost && random.chance(0.5))
                .map(rule -> (Rule.VmHost) rule)
                .toList();
        return new Arrival(
                new HostNeeds(random.between(1, 8), List.of(SampleClusters.SHARED), List.of(), rules),
                new Footprint(
                        random.between(0.0, 4000.0),
                        random.between(0.0, 1.0) * GIB,
                        random.between(1L, 16L) * GIB,
                        random.chance(0.3) ? random.between(0L, 4000L) : 0),
                Map.of(),
                random.pick(PlacementGoal.class));
    }
}
