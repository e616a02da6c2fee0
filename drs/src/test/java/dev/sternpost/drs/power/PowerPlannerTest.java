package dev.sternpost.drs.power;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PowerPlannerTest {
    private static final PowerPolicy ON = PowerPolicy.standard().on();
    private static final HostPower TESTED = new HostPower(true, 0);

    private static Map<HostId, HostPower> all(DrsSnapshot snapshot, HostPower power) {
        Map<HostId, HostPower> powers = new HashMap<>();
        snapshot.hosts().forEach(host -> powers.put(host.id(), power));
        return powers;
    }

    private static PowerPlan plan(DrsSnapshot snapshot) {
        return PowerPlanner.plan(
                snapshot, DrsPolicy.standard(), ON, all(snapshot, TESTED), FailoverCapacity.NOT_NEEDED);
    }

    private static DrsSnapshot idle(Rule... rules) {
        return SampleClusters.cluster(
                List.of(SampleClusters.host(1), SampleClusters.host(2), SampleClusters.host(3)),
                List.of(SampleClusters.vm(1, 1, 2_000), SampleClusters.vm(2, 2, 2_000), SampleClusters.vm(3, 3, 2_000)),
                rules);
    }

    @Test
    void it_is_off_unless_somebody_switches_it_on() {
        DrsSnapshot snapshot = idle();
        PowerPlan plan = PowerPlanner.plan(
                snapshot,
                DrsPolicy.standard(),
                PowerPolicy.standard(),
                all(snapshot, TESTED),
                FailoverCapacity.NOT_NEEDED);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.stopped()).isEqualTo("power management is switched off");
    }

    @Test
    void an_idle_cluster_sends_hosts_to_sleep_down_to_those_that_stay_on() {
        PowerPlan plan = plan(idle());
        assertThat(plan.advice()).singleElement().isInstanceOfSatisfying(PowerAdvice.StandBy.class, standBy -> {
            assertThat(standBy.hostId()).isEqualTo(HostId.of(1));
            assertThat(standBy.evacuation().complete()).isTrue();
            assertThat(standBy.evacuation().moves()).hasSize(1);
        });
        assertThat(plan.kept()).extracting(PowerPlan.Kept::reason).containsOnly("is one of the 2 that stay on");
    }

    @Test
    void a_host_that_never_woke_as_a_test_stays_on() {
        DrsSnapshot snapshot = idle();
        PowerPlan plan = PowerPlanner.plan(
                snapshot,
                DrsPolicy.standard(),
                ON,
                all(snapshot, new HostPower(false, 0)),
                FailoverCapacity.NOT_NEEDED);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.kept())
                .hasSize(3)
                .extracting(PowerPlan.Kept::reason)
                .containsOnly("has not shown yet that it can be woken");
    }

    @Test
    void a_host_that_was_woken_a_short_while_ago_stays_on() {
        DrsSnapshot snapshot = idle();
        HostPower lately = new HostPower(true, SampleClusters.NOW_SECONDS - 60);
        PowerPlan plan = PowerPlanner.plan(
                snapshot, DrsPolicy.standard(), ON, all(snapshot, lately), FailoverCapacity.NOT_NEEDED);
        assertThat(plan.advice()).isEmpty();
    }

    @Test
    void what_a_failover_would_need_stays_on() {
        DrsSnapshot snapshot = idle();
        PowerPlan plan = PowerPlanner.plan(
                snapshot,
                DrsPolicy.standard(),
                ON,
                all(snapshot, TESTED),
                cluster -> cluster.hosts().stream()
                                .filter(host -> host.condition() == HostCondition.NORMAL)
                                .count()
                        >= 3);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.kept())
                .extracting(PowerPlan.Kept::reason)
                .containsOnly(
                        "is needed: without it the hosts that are on leave too little for what is reserved or for a failover");
    }

    @Test
    void what_is_reserved_has_room_on_the_hosts_that_are_on_whether_it_is_used_or_not() {
        DrsSnapshot two = withReservedPool(idle(), 31_000);
        assertThat(plan(two).advice()).hasSize(1);
        DrsSnapshot all = withReservedPool(idle(), 33_000);
        PowerPlan plan = plan(all);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.kept())
                .isNotEmpty()
                .allSatisfy(kept -> assertThat(kept.reason()).contains("what is reserved"));
        assertThat(plan(withCondition(withReservedPool(idle(), 33_000), HostId.of(3), HostCondition.STANDBY))
                        .advice())
                .singleElement()
                .isInstanceOfSatisfying(
                        PowerAdvice.Wake.class,
                        wake -> assertThat(wake.hostId()).isEqualTo(HostId.of(3)));
    }

    private static DrsSnapshot withReservedPool(DrsSnapshot snapshot, long mhz) {
        List<Pool> pools = new ArrayList<>(snapshot.pools());
        Allocation some = Allocation.ofShares(Allocation.POOL_SHARES_NORMAL);
        pools.add(new Pool(
                new ResourcePoolId("resgroup-77"),
                "reserved",
                pools.getFirst().id(),
                new Allocation(mhz, Allocation.UNLIMITED, Allocation.POOL_SHARES_NORMAL),
                true,
                some,
                true));
        return new DrsSnapshot(snapshot.timeSeconds(), snapshot.hosts(), snapshot.vms(), pools, snapshot.rules());
    }

    @Test
    void one_look_at_a_large_idle_cluster_plans_for_a_few_hosts() {
        List<DrsHost> hosts = new ArrayList<>();
        List<DrsVm> vms = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            hosts.add(SampleClusters.host(i));
            vms.add(SampleClusters.vm(i, i, 500));
        }
        PowerPlan plan = plan(SampleClusters.cluster(hosts, vms));
        assertThat(plan.advice()).hasSize(4);
        assertThat(plan.kept())
                .hasSize(32)
                .extracting(PowerPlan.Kept::reason)
                .containsOnly("others are emptied sooner");
    }

    @Test
    void a_rule_or_a_pinned_vm_keeps_a_host_on() {
        DrsSnapshot apart = idle(new Rule.KeepApart("apart", true, SampleClusters.vmIds(1, 2, 3)));
        assertThat(plan(apart).advice()).isEmpty();
        DrsSnapshot pinned = apart.withVms(apart.vms().stream()
                .map(vm -> vm.withMobility(new VmMobility(null, "uses a device of its host", 10, 50, null)))
                .toList());
        assertThat(plan(pinned).kept())
                .hasSize(3)
                .allSatisfy(kept -> assertThat(kept.reason()).contains("uses a device of its host"));
    }

    @Test
    void a_host_that_is_needed_at_the_peak_stays_on() {
        DrsSnapshot snapshot = idle();
        DrsSnapshot jumpy = snapshot.withVms(snapshot.vms().stream()
                .map(vm -> vm.withSize(4, vm.memoryBytes(), new VmDemand(2_000, 8_000, SampleClusters.GIB)))
                .toList());
        assertThat(plan(jumpy).advice()).isEmpty();
        assertThat(plan(jumpy).kept())
                .extracting(PowerPlan.Kept::reason)
                .containsOnly("is needed for what VMs may want");
    }

    @Test
    void a_full_cluster_wakes_what_it_needs_and_no_more() {
        DrsSnapshot full = SampleClusters.cluster(
                List.of(
                        SampleClusters.host(1),
                        SampleClusters.host(2, HostCondition.STANDBY, 8, 32 * SampleClusters.GIB),
                        SampleClusters.host(3, HostCondition.STANDBY, 8, 32 * SampleClusters.GIB)),
                Stream.iterate(1, number -> number + 1)
                        .limit(4)
                        .map(number -> SampleClusters.vm(number, 1, 4_500))
                        .toList());
        PowerPlan plan = plan(full);
        assertThat(plan.advice())
                .containsExactly(new PowerAdvice.Wake(HostId.of(2), "hosts are fuller than is wished"));
        assertThat(plan.stopped()).isEqualTo("with that the hosts that are on suffice");
    }

    @Test
    void a_host_that_cannot_be_woken_is_not_counted_on() {
        DrsSnapshot full = SampleClusters.cluster(
                List.of(
                        SampleClusters.host(1),
                        SampleClusters.host(2, HostCondition.STANDBY, 8, 32 * SampleClusters.GIB)),
                List.of(SampleClusters.vm(1, 1, 8_000), SampleClusters.vm(2, 1, 8_000)));
        PowerPlan plan = PowerPlanner.plan(full, DrsPolicy.standard(), ON, Map.of(), FailoverCapacity.NOT_NEEDED);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.kept()).containsExactly(new PowerPlan.Kept(HostId.of(2), "did not wake when it was to"));
    }

    private static Map<HostId, HostPower> drawPowers(Generator random, DrsSnapshot snapshot) {
        Map<HostId, HostPower> powers = new HashMap<>();
        for (DrsHost host : snapshot.hosts()) {
            if (random.chance(0.9)) {
                powers.put(
                        host.id(),
                        new HostPower(random.chance(0.9), SampleClusters.NOW_SECONDS - random.between(0L, 6_000L)));
            }
        }
        return powers;
    }

    /** Clusters that are calmer than the drawn ones, so that hosts can be spared now and then. */
    private static DrsSnapshot draw(Generator random) {
        DrsSnapshot drawn = SampleClusters.draw(random);
        double calm = random.between(0.05, 1.0);
        return drawn.withVms(drawn.vms().stream()
                .map(vm -> vm.withSize(
                        vm.cpuCount(),
                        vm.memoryBytes(),
                        new VmDemand(
                                vm.demand().cpuMhz() * calm,
                                vm.demand().cpuPeakMhz() * calm,
                                vm.demand().memoryBytes() * calm)))
                .toList());
    }

    @Test
    void a_host_that_sleeps_was_empty_tested_and_not_needed() {
        Property.holds("sound stand-by", 200, random -> {
            DrsSnapshot snapshot = draw(random);
            Map<HostId, HostPower> powers = drawPowers(random, snapshot);
            int hostsNeeded = random.between(1, 6);
            FailoverCapacity failover = cluster -> on(cluster) >= hostsNeeded;
            PowerPlan plan = PowerPlanner.plan(snapshot, DrsPolicy.standard(), ON, powers, failover);
            assertThat(plan.advice().stream()
                            .map(PowerAdvice::getClass)
                            .distinct()
                            .count())
                    .as("either wakes or sends to sleep")
                    .isLessThanOrEqualTo(1);
            DrsSnapshot at = snapshot;
            for (PowerAdvice each : plan.advice()) {
                HostPower power = powers.get(each.hostId());
                assertThat(power).isNotNull();
                assertThat(power.wakeTested()).isTrue();
                switch (each) {
                    case PowerAdvice.Wake wake -> {
                        assertThat(at.host(wake.hostId()).condition()).isEqualTo(HostCondition.STANDBY);
                        at = withCondition(at, wake.hostId(), HostCondition.NORMAL);
                    }
                    case PowerAdvice.StandBy standBy -> at = slept(at, standBy, failover, power);
                }
            }
        });
    }

    private static DrsSnapshot slept(
            DrsSnapshot before, PowerAdvice.StandBy standBy, FailoverCapacity failover, HostPower power) {
        assertThat(before.host(standBy.hostId()).condition()).isEqualTo(HostCondition.NORMAL);
        assertThat(before.timeSeconds() - power.changedAtSeconds()).isGreaterThanOrEqualTo(ON.stateSeconds());
        DrsSnapshot after =
                withCondition(applied(before, standBy.evacuation()), standBy.hostId(), HostCondition.STANDBY);
        assertThat(after.vms()).noneMatch(vm -> standBy.hostId().equals(vm.hostId()));
        assertThat(RuleViolations.of(before.rules(), before.placement()))
                .containsAll(RuleViolations.of(after.rules(), after.placement()));
        assertThat(failover.enough(after)).isTrue();
        assertThat(on(after)).isGreaterThanOrEqualTo(ON.hostsMin());
        DrsPlanner.plan(after, DrsPolicy.standard().withAutomation(AutomationLevel.DISABLED))
                .before()
                .hosts()
                .forEach(use -> {
                    if (after.host(use.hostId()).condition() == HostCondition.NORMAL) {
                        assertThat(Math.max(use.cpuUse(), use.memoryUse())).isLessThanOrEqualTo(ON.useTarget());
                        assertThat(use.memoryFreeBytes()).isNotNegative();
                    }
                });
        return after;
    }

    @Test
    void hosts_that_were_sent_to_sleep_are_not_woken_for_the_same_demand() {
        Property.holds("no swinging", 200, random -> {
            DrsSnapshot snapshot = draw(random);
            Map<HostId, HostPower> powers = drawPowers(random, snapshot);
            for (int pass = 0; pass < 4; pass++) {
                PowerPlan plan =
                        PowerPlanner.plan(snapshot, DrsPolicy.standard(), ON, powers, FailoverCapacity.NOT_NEEDED);
                boolean slept = false;
                for (PowerAdvice each : plan.advice()) {
                    switch (each) {
                        case PowerAdvice.Wake wake ->
                            snapshot = withCondition(snapshot, wake.hostId(), HostCondition.NORMAL);
                        case PowerAdvice.StandBy standBy -> {
                            snapshot = withCondition(
                                    applied(snapshot, standBy.evacuation()), standBy.hostId(), HostCondition.STANDBY);
                            slept = true;
                        }
                    }
                }
                if (slept) {
                    assertThat(PowerPlanner.plan(
                                            snapshot, DrsPolicy.standard(), ON, powers, FailoverCapacity.NOT_NEEDED)
                                    .advice())
                            .noneMatch(PowerAdvice.Wake.class::isInstance);
                }
            }
        });
    }

    private static long on(DrsSnapshot snapshot) {
        return snapshot.hosts().stream()
                .filter(host -> host.condition() == HostCondition.NORMAL)
                .count();
    }

    private static DrsSnapshot applied(DrsSnapshot snapshot, EvacuationPlan way) {
        Map<VirtualMachineId, HostId> targets = new HashMap<>();
        way.moves().forEach(each -> targets.put(each.move().vmId(), each.move().toHostId()));
        way.registrations().forEach(each -> targets.put(each.vmId(), each.toHostId()));
        return changed(snapshot, vm -> vm.withHost(targets.getOrDefault(vm.id(), vm.hostId()), vm.poweredOn()));
    }

    private static DrsSnapshot changed(DrsSnapshot snapshot, UnaryOperator<DrsVm> change) {
        return snapshot.withVms(snapshot.vms().stream().map(change).toList());
    }

    private static DrsSnapshot withCondition(DrsSnapshot snapshot, HostId id, HostCondition condition) {
        return snapshot.withHosts(snapshot.hosts().stream()
                .map(host -> host.id().equals(id) ? host.withCondition(condition) : host)
                .toList());
    }
}
