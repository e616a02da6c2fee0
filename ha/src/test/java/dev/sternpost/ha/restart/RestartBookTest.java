package dev.sternpost.ha.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Message.Outcome;
import dev.sternpost.ha.message.Message.StartAnswer;
import dev.sternpost.ha.message.Message.StartOrder;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.policy.RestartSettings;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RestartBookTest {
    private static final HostId SELF = HostId.of(1);
    private static final HostId OTHER = HostId.of(2);
    private static final HostId DEAD = HostId.of(3);
    private static final LockState HELD = new LockState.Held(DEAD, 4);
    private static final long IN_FLIGHT = HaTiming.DEFAULT.inFlightMillis();

    private final List<Message> sent = new ArrayList<>();
    private final List<Kind> told = new ArrayList<>();
    private final TreeMap<HostId, Collection<VmEntry>> lists = new TreeMap<>();
    private final TreeMap<HostId, Long> over = new TreeMap<>();
    private final List<ProtectedVm> vms = new ArrayList<>();
    private SortedMap<VirtualMachineId, RestartItem> items = new TreeMap<>();

    private static VirtualMachineId vm(int number) {
        return VirtualMachineId.of(number);
    }

    private void protect(int number, RestartPriority priority, Readiness readiness) {
        vms.add(ProtectedVm.usual(vm(number), 10).withPriority(priority).withReadiness(readiness));
    }

    private interface Work {
        void on(RestartBook book);
    }

    private void with(Work work) {
        List<Effect> effects = new ArrayList<>();
        RestartBook book = new RestartBook(SELF, RestartSettings.DEFAULT, new MostRoom(), items, effects);
        work.on(book);
        items = book.items();
        effects.forEach(effect -> {
            if (effect instanceof Effect.Send send) {
                sent.add(send.message());
            } else if (effect instanceof Effect.Tell tell) {
                told.add(tell.happening().kind());
            }
        });
    }

    private List<StartOrder> turn(long at) {
        sent.clear();
        ClusterConfig config = ClusterConfig.of(
                1,
                HaTiming.DEFAULT,
                List.of(
                        new MemberHost(SELF, 100, 0, true),
                        new MemberHost(OTHER, 90, 0, true),
                        new MemberHost(DEAD, 100, 0, true)),
                vms);
        TreeSet<HostId> usable = new TreeSet<>(Set.of(SELF, OTHER));
        with(book -> book.turn(new Fleet(config, usable, over, lists), 7, at));
        return sent.stream().map(StartOrder.class::cast).toList();
    }

    private Optional<HostId> target() {
        return Optional.ofNullable(items.get(vm(1))).map(RestartItem::target);
    }

    @Test
    void an_order_names_the_lock_that_is_expected_and_the_next_generation() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        over.put(DEAD, 90_000L);
        with(book -> book.want(vm(1), HELD, 10_000, "dead", 90_000));
        assertThat(turn(90_000)).containsExactly(new StartOrder(SELF, 7, vm(1), HELD, 5));
        assertThat(turn(90_250)).isEmpty();
    }

    @Test
    void a_lease_must_be_seen_to_be_over_later_than_the_lock_was_known() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        over.put(DEAD, 90_000L);
        with(book -> book.want(vm(1), HELD, 89_000, "dead", 90_000));
        assertThat(turn(90_000)).isEmpty();
        over.put(DEAD, 89_000 + IN_FLIGHT + 1);
        assertThat(turn(92_000)).hasSize(1);
    }

    @Test
    void what_another_host_holds_now_is_not_taken_from_it_by_what_was_seen_of_it_before() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        over.put(DEAD, 90_000L);
        with(book -> book.want(vm(1), HELD, 10_000, "dead", 90_000));
        turn(90_000);
        LockState again = new LockState.Held(DEAD, 6);
        with(book -> book.answered(new StartAnswer(SELF, vm(1), 5, Outcome.LOCKED, again, ""), 90_500));
        over.put(DEAD, 90_400L);
        assertThat(turn(90_500)).isEmpty();
        over.clear();
        assertThat(turn(91_000)).isEmpty();
    }

    @Test
    void a_lower_priority_waits_until_the_higher_is_ready() {
        protect(1, RestartPriority.HIGH, new Readiness(Readiness.Condition.GUEST_HEARTBEAT, 1_000));
        protect(2, RestartPriority.LOW, Readiness.POWERED_ON);
        with(book -> {
            book.want(vm(1), new LockState.Released(2), 0, "", 0);
            book.want(vm(2), new LockState.Released(2), 0, "", 0);
        });
        assertThat(turn(0)).extracting(StartOrder::vmId).containsExactly(vm(1));
        lists.put(SELF, List.of(new VmEntry(vm(1), 3, VmEntry.Phase.RUNNING)));
        assertThat(turn(1_000)).isEmpty();
        assertThat(turn(1_800)).isEmpty();
        lists.put(SELF, List.of(new VmEntry(vm(1), 3, VmEntry.Phase.GUEST_UP)));
        assertThat(turn(2_700)).isEmpty();
        assertThat(turn(2_800)).extracting(StartOrder::vmId).containsExactly(vm(2));
    }

    @Test
    void another_host_is_tried_after_a_failure_and_each_pause_is_longer() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        with(book -> book.want(vm(1), new LockState.Released(2), 0, "", 0));
        turn(0);
        assertThat(target()).contains(SELF);
        with(book ->
                book.answered(new StartAnswer(SELF, vm(1), 3, Outcome.REFUSED, new LockState.Released(2), "no"), 100));
        assertThat(turn(1_000)).isEmpty();
        assertThat(turn(1_100)).hasSize(1);
        assertThat(target()).contains(OTHER);
        with(book -> book.answered(
                new StartAnswer(OTHER, vm(1), 3, Outcome.REFUSED, new LockState.Released(2), "no"), 1_200));
        assertThat(turn(3_100)).isEmpty();
        assertThat(turn(3_200)).hasSize(1);
    }

    @Test
    void it_is_complete_only_when_it_was_seen_running_elsewhere() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        with(book -> book.want(vm(1), new LockState.Released(2), 0, "", 0));
        turn(0);
        with(book ->
                book.answered(new StartAnswer(SELF, vm(1), 3, Outcome.STARTED, new LockState.Held(SELF, 3), ""), 500));
        assertThat(items).containsKey(vm(1));
        assertThat(turn(2_500)).as("sent again").hasSize(1);
        lists.put(SELF, List.of(new VmEntry(vm(1), 3, VmEntry.Phase.RUNNING)));
        turn(3_000);
        turn(3_250);
        assertThat(items).isEmpty();
    }

    @Test
    void a_host_has_no_more_in_hand_than_it_may() {
        for (int number = 1; number <= 80; number++) {
            vms.add(ProtectedVm.usual(vm(number), 1));
        }
        with(book -> vms.forEach(vm -> book.want(vm.vmId(), new LockState.Released(2), 0, "", 0)));
        assertThat(turn(0)).hasSizeLessThanOrEqualTo(2 * RestartSettings.DEFAULT.perHostMax());
        assertThat(sent).hasSizeGreaterThanOrEqualTo(RestartSettings.DEFAULT.perHostMax());
        assertThat(turn(250)).isEmpty();
    }

    @Test
    void what_others_wait_for_is_as_urgent_as_they_are() {
        protect(1, RestartPriority.LOWEST, Readiness.POWERED_ON);
        protect(2, RestartPriority.MEDIUM, Readiness.POWERED_ON);
        vms.add(ProtectedVm.usual(vm(3), 10)
                .withPriority(RestartPriority.HIGHEST)
                .withDependsOn(List.of(vm(1))));
        with(book -> vms.forEach(vm -> book.want(vm.vmId(), new LockState.Released(2), 0, "", 0)));
        assertThat(turn(0)).extracting(order -> order.vmId()).containsExactly(vm(1));
    }

    @Test
    void those_that_wait_in_a_circle_come_to_their_turn_all_the_same() {
        vms.add(ProtectedVm.usual(vm(1), 10).withDependsOn(List.of(vm(2))));
        vms.add(ProtectedVm.usual(vm(2), 10).withDependsOn(List.of(vm(1))));
        with(book -> vms.forEach(vm -> book.want(vm.vmId(), new LockState.Released(2), 0, "", 0)));
        assertThat(turn(0)).isEmpty();
        assertThat(turn(RestartSettings.DEFAULT.priorityWaitMillis())).hasSize(2);
    }

    @Test
    void who_comes_later_finds_the_room_that_was_planned_for_it() {
        // Two hosts of 100: spread by size, 30 and 30 and 40 and 90 leave the last one out unless all choose together.
        vms.add(ProtectedVm.usual(vm(1), 30).withPriority(RestartPriority.HIGH));
        vms.add(ProtectedVm.usual(vm(2), 30).withPriority(RestartPriority.HIGH));
        vms.add(ProtectedVm.usual(vm(3), 40).withPriority(RestartPriority.MEDIUM));
        vms.add(ProtectedVm.usual(vm(4), 90).withPriority(RestartPriority.LOW));
        with(book -> vms.forEach(vm -> book.want(vm.vmId(), new LockState.Released(2), 0, "", 0)));
        long at = 0;
        for (int round = 0; round < 30; round++) {
            for (StartOrder order : turn(at)) {
                HostId host = Objects.requireNonNull(items.get(order.vmId())).target();
                List<VmEntry> there = new ArrayList<>(lists.getOrDefault(host, List.of()));
                there.add(new VmEntry(order.vmId(), order.generation(), VmEntry.Phase.RUNNING));
                lists.put(host, there);
            }
            at += 250;
        }
        assertThat(lists.values().stream().mapToInt(Collection::size).sum()).isEqualTo(4);
        assertThat(items).isEmpty();
    }

    @Test
    void what_no_generation_can_follow_is_not_started_nor_stands_in_the_way() {
        protect(7, RestartPriority.HIGH, Readiness.POWERED_ON);
        protect(8, RestartPriority.LOW, Readiness.POWERED_ON);
        over.put(DEAD, 100_000L);
        with(book -> {
            book.want(vm(7), new LockState.Held(DEAD, LockState.GENERATION_MAX), 0, "test", 0);
            book.want(vm(8), HELD, 0, "test", 0);
        });
        lists.put(SELF, List.of());
        turn(IN_FLIGHT + 1);
        assertThat(turn(IN_FLIGHT + 2)).extracting(StartOrder::vmId).containsExactly(vm(8));
        assertThat(items).containsOnlyKeys(vm(8));
    }

    @Test
    void a_start_that_takes_long_is_no_failure_as_long_as_its_host_is_at_it() {
        protect(7, RestartPriority.HIGH, Readiness.POWERED_ON);
        over.put(DEAD, 100_000L);
        lists.put(SELF, List.of());
        with(book -> book.want(vm(7), HELD, 0, "test", 0));
        assertThat(turn(3_000)).hasSize(1);
        lists.put(SELF, List.of(new VmEntry(vm(7), 5, VmEntry.Phase.STARTING)));
        turn(60_000);
        assertThat(items.get(vm(7))).matches(item -> item.stage() == RestartItem.Stage.ORDERED && item.attempts() == 0);
        lists.put(SELF, List.of());
        turn(60_250);
        assertThat(items.get(vm(7)))
                .matches(item -> item.attempts() == 1 && item.reason().equals("no answer"));
    }

    @Test
    void what_fails_for_ever_is_tried_for_ever_and_told_ever_more_seldom() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        with(book -> book.want(vm(1), new LockState.Released(2), 0, "", 0));
        long at = 0;
        for (int attempt = 1; attempt <= 100; attempt++) {
            at += 60_000;
            assertThat(turn(at)).hasSize(1);
            HostId target = target().orElseThrow();
            with(book -> book.answered(
                    new StartAnswer(target, vm(1), 3, Outcome.REFUSED, new LockState.Released(2), "no such disk"), 0));
        }
        assertThat(told.stream().filter(Kind.RESTART_FAILED::equals)).hasSize(16);
        turn(at + 60_000);
        HostId target = target().orElseThrow();
        with(book -> book.answered(
                new StartAnswer(target, vm(1), 3, Outcome.REFUSED, new LockState.Released(2), "another"), 0));
        assertThat(told.stream().filter(Kind.RESTART_FAILED::equals)).hasSize(17);
    }

    @Test
    void an_answer_to_an_order_before_the_last_is_not_taken_for_one_to_that() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        with(book -> book.want(vm(1), new LockState.Released(2), 0, "", 0));
        turn(0);
        HostId first = target().orElseThrow();
        // It failed there and was given away; that was heard first.
        with(book -> book.want(vm(1), new LockState.Released(4), 500, "", 500));
        turn(500);
        assertThat(target()).contains(first);
        LockState before = new LockState.Held(first, 3);
        with(book -> book.answered(new StartAnswer(first, vm(1), 3, Outcome.FAILED, before, "in use"), 600));
        assertThat(target()).contains(first);
        LockState now = new LockState.Held(first, 5);
        with(book -> book.answered(new StartAnswer(first, vm(1), 5, Outcome.FAILED, now, "in use"), 700));
        assertThat(target()).isEmpty();
        assertThat(Objects.requireNonNull(items.get(vm(1))).expected()).isEqualTo(now);
    }

    @Test
    void what_its_holder_lists_as_given_away_is_ordered_anew() {
        protect(1, RestartPriority.HIGH, Readiness.POWERED_ON);
        with(book -> book.want(vm(1), new LockState.Held(OTHER, 3), 0, "", 0));
        lists.put(OTHER, List.of(new VmEntry(vm(1), 4, VmEntry.Phase.RELEASED)));
        assertThat(turn(1_000)).singleElement().satisfies(order -> {
            assertThat(order.expected()).isEqualTo(new LockState.Released(4));
            assertThat(order.generation()).isEqualTo(5);
        });
    }
}
