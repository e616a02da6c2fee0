package dev.sternpost.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.restart.RestartPlacement.Choice;
import dev.sternpost.ha.restart.RestartPlacement.Request;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlannedRestartsTest {
    private static final long GIB = 1L << 30;
    private static final HostId ONE = HostId.of(1);
    private static final HostId TWO = HostId.of(2);
    private static final HostId THREE = HostId.of(3);

    private final List<MemberHost> hosts = new ArrayList<>();
    private final List<ProtectedVm> vms = new ArrayList<>();
    private final TreeMap<HostId, Collection<VmEntry>> entries = new TreeMap<>();
    private final TreeSet<HostId> usable = new TreeSet<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();

    private static VirtualMachineId vm(int number) {
        return VirtualMachineId.of(number);
    }

    private void host(HostId id, long gib, boolean isUsable) {
        hosts.add(new MemberHost(id, gib * GIB, 10_000, true));
        entries.put(id, new ArrayList<>());
        if (isUsable) {
            usable.add(id);
        }
    }

    private void runs(int number, long bytes, HostId host) {
        vms.add(ProtectedVm.usual(vm(number), bytes));
        Objects.requireNonNull(entries.get(host)).add(new VmEntry(vm(number), 1, VmEntry.Phase.RUNNING));
    }

    private void wanted(int number, long bytes, Set<HostId> avoided) {
        wanted(ProtectedVm.usual(vm(number), bytes), avoided);
    }

    private void wanted(ProtectedVm vm, Set<HostId> avoided) {
        vms.add(vm);
        requests.add(new Request(vm, new TreeSet<>(avoided)));
    }

    private Fleet fleet() {
        return new Fleet(ClusterConfig.of(1, HaTiming.DEFAULT, hosts, vms), usable, new TreeMap<>(), entries);
    }

    private Map<VirtualMachineId, HostId> placed() {
        return byVm(new PlannedRestarts(rules).place(requests, fleet()));
    }

    private Map<VirtualMachineId, HostId> byVm(List<Choice> choices) {
        assertThat(choices).hasSameSizeAs(requests);
        Map<VirtualMachineId, HostId> placed = new HashMap<>();
        for (int i = 0; i < choices.size(); i++) {
            switch (choices.get(i)) {
                case Choice.On on -> placed.put(requests.get(i).vm().vmId(), on.hostId());
                case Choice.Nowhere nowhere -> assertThat(nowhere.reason()).isNotBlank();
            }
        }
        return placed;
    }

    @Test
    void they_are_spread_over_the_hosts_by_what_is_on_them_already() {
        host(ONE, 16, true);
        host(TWO, 16, true);
        runs(1, 8 * GIB, ONE);
        wanted(2, 5 * GIB, Set.of());
        wanted(3, 5 * GIB, Set.of());
        wanted(4, 5 * GIB, Set.of());
        assertThat(placed().values()).containsExactlyInAnyOrder(TWO, TWO, ONE);
    }

    @Test
    void who_is_kept_apart_from_what_runs_goes_to_another_host() {
        host(ONE, 64, true);
        host(TWO, 16, true);
        runs(1, GIB, ONE);
        runs(5, 8 * GIB, TWO);
        rules.add(new Rule.KeepApart("web", true, List.of(vm(1), vm(2))));
        wanted(2, GIB, Set.of());
        assertThat(placed()).containsEntry(vm(2), TWO);
    }

    @Test
    void a_must_rule_that_leaves_no_host_is_kept_and_named() {
        host(ONE, 64, true);
        rules.add(new Rule.VmHost(
                "licence", true, Rule.Affinity.RUN_ON, Rule.Strength.MUST, List.of(vm(2)), List.of(THREE)));
        wanted(2, GIB, Set.of());
        Choice choice = new PlannedRestarts(rules).place(requests, fleet()).getFirst();
        assertThat(choice)
                .isInstanceOfSatisfying(
                        Choice.Nowhere.class,
                        nowhere ->
                                assertThat(nowhere.reason()).contains("host-1").contains("rule"));
    }

    @Test
    void a_host_that_failed_with_it_is_taken_only_when_no_other_will_do() {
        host(ONE, 64, true);
        host(TWO, 8, true);
        runs(1, 6 * GIB, TWO);
        wanted(2, GIB, Set.of(ONE));
        wanted(3, 4 * GIB, Set.of(ONE));
        assertThat(placed()).containsEntry(vm(2), TWO).containsEntry(vm(3), ONE);
    }

    @Test
    void who_is_kept_together_with_what_runs_where_nothing_can_start_waits() {
        host(ONE, 64, true);
        host(TWO, 64, false);
        runs(1, GIB, TWO);
        rules.add(new Rule.KeepTogether("pair", true, List.of(vm(1), vm(2))));
        wanted(2, GIB, Set.of());
        wanted(3, GIB, Set.of());
        assertThat(placed()).containsOnly(Map.entry(vm(3), ONE));
    }

    @Test
    void what_was_chosen_stands_until_a_rule_or_the_room_speaks_against_it() {
        host(ONE, 8, true);
        host(TWO, 8, true);
        rules.add(new Rule.KeepApart("web", true, List.of(vm(1), vm(2))));
        wanted(2, GIB, Set.of());
        PlannedRestarts planner = new PlannedRestarts(rules);
        assertThat(planner.stands(requests, List.of(ONE), fleet())).isTrue();
        runs(1, GIB, ONE);
        assertThat(planner.stands(requests, List.of(ONE), fleet())).isFalse();
        assertThat(planner.stands(requests, List.of(TWO), fleet())).isTrue();
        runs(7, 8 * GIB, TWO);
        assertThat(planner.stands(requests, List.of(TWO), fleet())).isFalse();
        assertThat(planner.stands(requests, List.of(THREE), fleet())).isFalse();
    }

    @Test
    void no_plan_breaks_a_must_rule_or_goes_beyond_memory() {
        Property.holds("rules and memory", 300, random -> {
            draw(random, true);
            Map<VirtualMachineId, HostId> placed = placed();
            assertThat(usable).containsAll(placed.values());
            keepsMemory(placed);
            rules.forEach(rule -> keeps(rule, placed));
        });
    }

    @Test
    void at_least_as_many_are_placed_as_by_room_alone() {
        Property.holds("as many as by room", 300, random -> {
            draw(random, false);
            assertThat(placed().size())
                    .isGreaterThanOrEqualTo(
                            byVm(new MostRoom().place(requests, fleet())).size());
        });
    }

    private void draw(Generator random, boolean withRules) {
        hosts.clear();
        vms.clear();
        entries.clear();
        usable.clear();
        rules.clear();
        requests.clear();
        int hostCount = random.between(1, 8);
        for (int number = 1; number <= hostCount; number++) {
            host(HostId.of(number), random.between(4, 48), random.chance(0.8));
        }
        int count = random.between(2, 10 + random.size() / 2);
        for (int number = 1; number <= count; number++) {
            long bytes = random.between(1, 8) * GIB + random.between(0, 3) * (GIB / 4);
            HostId host = HostId.of(random.between(1, hostCount));
            Fleet.Room room = withAll(fleet()).room().get(host);
            if (random.chance(0.4) && room != null && room.memoryBytes() >= bytes) {
                runs(number, bytes, host);
            } else {
                ProtectedVm vm = ProtectedVm.usual(vm(number), bytes);
                wanted(
                        vm.withPriority(random.pick(RestartPriority.class)),
                        random.chance(0.2) ? Set.of(host) : Set.of());
            }
        }
        requests.sort(Comparator.comparing((Request request) -> request.vm().priority())
                .thenComparing(request -> -request.vm().memoryBytes()));
        for (int i = 0; withRules && i < random.between(0, 6); i++) {
            rules.add(rule(random, "rule-" + i, count, hostCount));
        }
    }

    private Fleet withAll(Fleet fleet) {
        TreeSet<HostId> all = new TreeSet<>(entries.keySet());
        return new Fleet(fleet.config(), all, fleet.over(), fleet.entries());
    }

    private static Rule rule(Generator random, String name, int vmCount, int hostCount) {
        TreeSet<VirtualMachineId> some = new TreeSet<>(List.of(vm(1), vm(2)));
        for (int i = 0; i < random.between(0, 4); i++) {
            some.add(vm(random.between(1, vmCount)));
        }
        List<VirtualMachineId> members = List.copyOf(some);
        return switch (random.between(0, 3)) {
            case 0 -> new Rule.KeepApart(name, true, members);
            case 1 -> new Rule.KeepTogether(name, true, members);
            default ->
                new Rule.VmHost(
                        name,
                        true,
                        random.pick(Rule.Affinity.class),
                        Rule.Strength.MUST,
                        members,
                        List.of(HostId.of(random.between(1, hostCount))));
        };
    }

    private void keepsMemory(Map<VirtualMachineId, HostId> placed) {
        Map<HostId, Long> used = new HashMap<>();
        for (ProtectedVm vm : vms) {
            HostId host = placed.getOrDefault(vm.vmId(), running().get(vm.vmId()));
            if (host != null) {
                used.merge(host, vm.memoryBytes(), Long::sum);
            }
        }
        for (MemberHost host : hosts) {
            assertThat(used.getOrDefault(host.hostId(), 0L)).isLessThanOrEqualTo(host.memoryBytes());
        }
    }

    private Map<VirtualMachineId, HostId> running() {
        Map<VirtualMachineId, HostId> running = new HashMap<>();
        entries.forEach((host, list) -> list.forEach(entry -> running.put(entry.vmId(), host)));
        return running;
    }

    /** Written without regard to how the planner reads rules. */
    private void keeps(Rule rule, Map<VirtualMachineId, HostId> placed) {
        Map<VirtualMachineId, HostId> where = running();
        where.putAll(placed);
        for (VirtualMachineId vm : rule.vmIds()) {
            HostId host = placed.get(vm);
            if (host != null) {
                switch (rule) {
                    case Rule.VmHost about ->
                        assertThat(about.allows(host)).as(about.toString()).isTrue();
                    case Rule.KeepApart apart ->
                        assertThat(apart.vmIds().stream()
                                        .filter(other -> host.equals(where.get(other)))
                                        .toList())
                                .as(apart.toString())
                                .containsExactly(vm);
                    case Rule.KeepTogether together ->
                        assertThat(together.vmIds().stream()
                                        .filter(where::containsKey)
                                        .map(where::get)
                                        .distinct()
                                        .toList())
                                .as(together.toString())
                                .containsExactly(host);
                }
            }
        }
    }
}
