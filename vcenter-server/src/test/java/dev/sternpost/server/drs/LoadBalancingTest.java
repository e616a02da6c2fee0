package dev.sternpost.server.drs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.ClusterBalance;
import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.whatif.Change;
import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.inventory.pass.StoredPass;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.migration.MoveUnderWay;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.statistics.HostMeasurement;
import dev.sternpost.server.statistics.Meter;
import dev.sternpost.server.statistics.Sample.Figures;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three hosts of four CPUs of 2000 MHz. Six VMs of two CPUs run on the first and use all they can get. */
class LoadBalancingTest {
    private static final Caller ADA = Caller.named("ada");
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final int VMS = 6;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final Statistics statistics = datacenter.statistics();
    private final Balancing balancing = server.balancing(new InMemoryPassStore());
    private final LoadBalancing drs = balancing.face();
    private final DrsSettingsAdmin settings = new DrsSettingsAdmin(datacenter.inventory());
    private long reports;

    @BeforeEach
    void busy_vms_on_one_host() {
        for (int i = 1; i <= VMS; i++) {
            ConfigWish wish = new ConfigWish(2, 256L << 20, null, List.of(), List.of(), "");
            server.succeed(server.vms.create(ADA, new CreateRequest("web-" + i, "", "h1", "", "", wish, true)));
        }
        measure(4_000);
    }

    private void pass(Duration time) {
        boolean[] over = {false};
        datacenter.loop().schedule(time, () -> over[0] = true);
        datacenter.loop().runUntil("time passes", () -> over[0]);
    }

    /** Every running VM uses as much CPU, for five intervals. */
    private void measure(long mhz) {
        for (int i = 0; i < 5; i++) {
            pass(INTERVAL);
            reports++;
            for (HostId host : List.of(SimulatedDatacenter.ONE, SimulatedDatacenter.TWO, SimulatedDatacenter.THREE)) {
                Map<VirtualMachineId, Figures> vms = new HashMap<>();
                datacenter.snapshot().vmsOn(host).forEach(vm -> vms.put(vm.id(), figures(mhz)));
                statistics.measured(host, 1, new HostMeasurement(reports, 0, figures(0), vms));
            }
        }
    }

    private static Figures figures(long mhz) {
        return new Figures(INTERVAL.toMillis())
                .with(Meter.CPU_COUNT, 2)
                .with(Meter.CPU_MHZ, 2_000)
                .with(Meter.CPU_USED_MILLIS, mhz * INTERVAL.toMillis() / 2_000)
                .with(Meter.CPU_READY_MILLIS, 0)
                .with(Meter.MEMORY_KIB, 256 << 10)
                .with(Meter.MEMORY_ACTIVE_KIB, 128 << 10);
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private void automation(AutomationLevel level) {
        settings.update("ada", "prod", 0, new DrsSettingsAdmin.Wish(true, level, 0, 0));
    }

    private List<Task> finishAll() {
        var active = server.tasks().list(new TaskQuery(null, true, null, 100));
        return active.stream().map(server::finish).toList();
    }

    private Map<HostId, Integer> spread() {
        Map<HostId, Integer> spread = new HashMap<>();
        datacenter.snapshot().objects(VirtualMachine.class).forEach(vm -> spread.merge(vm.hostId(), 1, Integer::sum));
        return spread;
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }

    @Test
    void what_is_recommended_waits_for_a_person_unless_the_cluster_is_fully_automated() {
        Pass pass = drs.run("ada", "");
        assertThat(pass.advice()).isNotEmpty().allSatisfy(advice -> {
            assertThat(advice.state()).isEqualTo(Advice.State.PENDING);
            assertThat(advice.recommendation().automatic()).isFalse();
        });
        assertThat(finishAll()).isEmpty();
        assertThat(drs.lastPass("prod")).contains(pass);
    }

    @Test
    void a_fully_automated_cluster_spreads_busy_vms_and_then_leaves_them_alone() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        double before = drs.look("").before().score();
        for (int i = 0; i < 5; i++) {
            drs.run("ada", "");
            assertThat(finishAll())
                    .allSatisfy(task -> assertThat(task.draft().userName()).isEqualTo("drs"));
            measure(4_000);
        }
        assertThat(spread().values()).containsOnly(2);
        assertThat(drs.look("").before().score()).isGreaterThan(before);
        assertThat(drs.run("ada", "").advice()).isEmpty();
        datacenter.checkInvariants();
    }

    @Test
    void no_pass_moves_a_vm_that_an_earlier_one_is_moving() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        Set<VirtualMachineId> moving = new HashSet<>();
        Pass first = drs.run("ada", "");
        first.advice().stream()
                .filter(advice -> advice.state() == Advice.State.APPLIED)
                .forEach(advice -> moving.addAll(MoveOrders.vmsOf(advice)));
        assertThat(moving).isNotEmpty();
        Pass second = drs.run("ada", "");
        assertThat(second.advice())
                .allSatisfy(advice -> assertThat(MoveOrders.vmsOf(advice)).doesNotContainAnyElementsOf(moving));
        finishAll();
        datacenter.checkInvariants();
    }

    @Test
    void a_person_applies_one_recommendation_and_dismisses_another() {
        Pass pass = drs.run("ada", "");
        assertThat(pass.advice()).hasSizeGreaterThan(1);
        String chosen = pass.advice().getFirst().id();
        String unwanted = pass.advice().get(1).id();
        drs.dismiss(Set.of(unwanted));
        Pass after = drs.apply("ada", "", Set.of(chosen));
        assertThat(after.advice().getFirst().state()).isEqualTo(Advice.State.APPLIED);
        assertThat(after.advice().get(1).state()).isEqualTo(Advice.State.DISMISSED);
        List<Task> moved = finishAll();
        assertThat(moved)
                .singleElement()
                .satisfies(task -> assertThat(task.draft().userName()).isEqualTo("ada"));
        assertThat(datacenter.inventory().events(EventQuery.newest(50)))
                .filteredOn(event -> event.type() == EventType.DRS_RECOMMENDATION_APPLIED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains(chosen).contains("web-"));
        refused(FaultCode.RECOMMENDATION_EXPIRED, () -> drs.apply("ada", "", Set.of(chosen)));
        refused(FaultCode.RECOMMENDATION_EXPIRED, () -> drs.dismiss(Set.of("drs-1-99")));
    }

    @Test
    void recommendations_expire_with_the_next_pass() {
        String old = drs.run("ada", "").advice().getFirst().id();
        drs.run("ada", "");
        refused(FaultCode.RECOMMENDATION_EXPIRED, () -> drs.apply("ada", "", Set.of(old)));
    }

    @Test
    void a_vm_with_automation_of_its_own_waits_or_stands_in_no_recommendation() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        for (int i = 1; i <= VMS; i++) {
            settings.override("ada", "web-" + i, i <= 3 ? AutomationLevel.DISABLED : AutomationLevel.MANUAL);
        }
        Pass pass = drs.run("ada", "");
        assertThat(pass.advice()).isNotEmpty().allSatisfy(advice -> {
            assertThat(advice.state()).isEqualTo(Advice.State.PENDING);
            assertThat(MoveOrders.vmsOf(advice))
                    .doesNotContain(
                            vm("web-1").id(), vm("web-2").id(), vm("web-3").id());
        });
    }

    @Test
    void a_kept_pass_is_made_again_to_the_last_byte_and_explains_each_vm() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        StoredPass stored = drs.run("ada", "").stored();
        finishAll();
        measure(100);
        drs.run("ada", "");
        LoadBalancing.Replayed replayed = drs.replay(stored.number());
        assertThat(replayed.replay().identical()).isTrue();
        assertThat(replayed.planLength()).isGreaterThan(500);
        assertThat(drs.passes("", 0, 10)).extracting(StoredPass::number).contains(stored.number());
        var explained = drs.explain("web-1", stored.number());
        assertThat(explained.explanation().hostId()).isEqualTo(SimulatedDatacenter.ONE);
        assertThat(explained.explanation().hosts()).hasSize(2);
        refused(FaultCode.OBJECT_NOT_FOUND, () -> drs.replay(99));
        refused(FaultCode.OBJECT_NOT_FOUND, () -> drs.explain("web-1", 99));
    }

    private static int vmsOnTheThird(DrsPlan plan) {
        return plan.after().hosts().stream()
                .filter(use -> use.hostId().equals(SimulatedDatacenter.THREE))
                .mapToInt(ClusterBalance.HostUse::vmCount)
                .sum();
    }

    @Test
    void what_if_tells_of_a_host_less_and_touches_nothing() {
        long revision = datacenter.snapshot().revision();
        var told = drs.whatIf("", List.of(new Change.RemoveHost(SimulatedDatacenter.THREE)));
        assertThat(vmsOnTheThird(told.asIs())).isEqualTo(2);
        assertThat(vmsOnTheThird(told.changed())).isZero();
        assertThat(datacenter.snapshot().revision()).isEqualTo(revision);
        assertThat(drs.lastPass("")).isEmpty();
        refused(FaultCode.REQUEST_INVALID, () -> drs.whatIf("", List.of(new Change.RemoveHost(new HostId("host-77")))));
    }

    @Test
    void what_if_says_what_could_not_be_put_right_even_where_load_balancing_is_off() {
        settings.update("ada", "prod", 0, new DrsSettingsAdmin.Wish(false, null, 0, 0));
        VirtualMachine grown = vm("web-1");
        var told = drs.whatIf("", List.of(new Change.ResizeVm(grown.id(), 2, 1L << 40)));
        assertThat(told.asIs().problems()).isEmpty();
        assertThat(told.changed().problems())
                .anySatisfy(problem -> assertThat(problem.explanation()).contains("h1", "more memory"));
    }

    @Test
    void a_rule_that_is_made_is_put_right_by_the_next_pass() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        measure(50);
        new ClusterRulesAdmin(datacenter.inventory())
                .create(
                        ADA,
                        "prod",
                        new ClusterRulesAdmin.VmRuleWish(
                                "apart", true, VmAffinity.KEEP_APART, List.of("web-1", "web-2")));
        DrsPlan plan = drs.look("");
        assertThat(plan.violations()).hasSize(1);
        drs.run("ada", "");
        finishAll();
        assertThat(vm("web-1").hostId()).isNotEqualTo(vm("web-2").hostId());
    }

    @Test
    void the_loop_looks_every_interval_and_soon_after_a_change_but_not_at_what_is_switched_off() {
        balancing.loop().tick();
        assertThat(drs.lastPass("").orElseThrow().stored().trigger()).contains("powered on");
        balancing.loop().tick();
        assertThat(drs.passes("", 0, 10)).hasSize(1);
        pass(Duration.ofSeconds(61));
        balancing.loop().tick();
        assertThat(drs.lastPass("").orElseThrow().stored().trigger()).isEqualTo("interval");
        long first = drs.lastPass("").orElseThrow().stored().number();
        settings.update("ada", "prod", 0, new DrsSettingsAdmin.Wish(null, null, 5, 0));
        balancing.loop().tick();
        assertThat(drs.lastPass("").orElseThrow().stored().number()).isEqualTo(first);
        pass(Duration.ofSeconds(6));
        balancing.loop().tick();
        assertThat(drs.lastPass("").orElseThrow().stored().trigger()).contains("reconfigured");
        long second = drs.lastPass("").orElseThrow().stored().number();
        settings.update("ada", "prod", 0, new DrsSettingsAdmin.Wish(false, null, 0, 0));
        pass(Duration.ofSeconds(300));
        balancing.loop().tick();
        assertThat(drs.lastPass("").orElseThrow().stored().number()).isEqualTo(second);
    }

    @Test
    void a_cluster_that_is_meant_must_be_clear() {
        assertThat(drs.cluster("").name()).isEqualTo("prod");
        refused(FaultCode.OBJECT_NOT_FOUND, () -> drs.cluster("other"));
        assertThat(datacenter.snapshot().objects(Cluster.class)).hasSize(1);
    }

    @Test
    void a_vm_does_not_come_before_one_has_left_that_it_is_kept_apart_from() {
        HostId two = SimulatedDatacenter.TWO;
        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-2", "h2", 0, 0)));
        new ClusterRulesAdmin(datacenter.inventory())
                .create(
                        ADA,
                        "prod",
                        new ClusterRulesAdmin.VmRuleWish(
                                "apart", true, VmAffinity.KEEP_APART, List.of("web-1", "web-2")));
        assertThat(mayBegin("web-1", two)).isFalse();
        assertThat(mayBegin("web-3", two)).isTrue();

        TaskView leaves = server.migrations.migrate(ADA, new MigrationRequest("web-2", "h3", 0, 0));
        datacenter
                .loop()
                .runUntil(
                        "it is on its way",
                        () -> balancing.input().forEvacuation(datacenter.snapshot(), drs.cluster("")).vms().stream()
                                .anyMatch(vm -> vm.id().equals(vm("web-2").id())
                                        && SimulatedDatacenter.THREE.equals(vm.hostId())));
        assertThat(vm("web-2").hostId()).isEqualTo(two);
        assertThat(mayBegin("web-1", two)).isFalse();
        assertThat(mayBegin("web-1", SimulatedDatacenter.THREE)).isFalse();
        server.succeed(leaves);
        assertThat(mayBegin("web-1", two)).isTrue();
    }

    private boolean mayBegin(String name, HostId target) {
        return server.migrations.mayBegin(vm(name).id(), target);
    }

    @Test
    void of_two_moves_that_would_meet_where_they_must_not_one_is_refused_when_its_turn_comes() {
        new ClusterRulesAdmin(datacenter.inventory())
                .create(
                        ADA,
                        "prod",
                        new ClusterRulesAdmin.VmRuleWish(
                                "apart", true, VmAffinity.KEEP_APART, List.of("web-1", "web-2")));
        HostId two = SimulatedDatacenter.TWO;
        TaskView first = server.migrations.migratePlanned(ADA, vm("web-1").id(), two);
        TaskView second = server.migrations.migratePlanned(ADA, vm("web-2").id(), two);
        List<Task> ended = List.of(server.finish(first), server.finish(second));
        assertThat(ended).extracting(Task::state).containsExactlyInAnyOrder(TaskState.SUCCEEDED, TaskState.FAILED);
        assertThat(ended)
                .filteredOn(task -> task.state() == TaskState.FAILED)
                .singleElement()
                .satisfies(task -> assertThat(String.valueOf(task.summary().fault()))
                        .contains("rule apart keeps it apart from web-", "there or on its way there"));
        assertThat(vm("web-1").hostId()).isNotEqualTo(vm("web-2").hostId());

        // A person may, and the rule shows as broken until it is mended.
        assertThat(server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-2", "h2", 0, 0))))
                .isNotNull();
    }

    @Test
    void migrations_that_people_asked_for_count_when_load_balancing_adds_its_own() {
        automation(AutomationLevel.FULLY_AUTOMATED);
        TaskView one = server.migrations.migrate(ADA, new MigrationRequest("web-1", "h2", 0, 0));
        TaskView two = server.migrations.migrate(ADA, new MigrationRequest("web-2", "h3", 0, 0));
        assertThat(server.migrations.underWay())
                .extracting(MoveUnderWay::vmId)
                .containsExactlyInAnyOrder(vm("web-1").id(), vm("web-2").id());
        Pass busy = drs.run("ada", "");
        assertThat(busy.advice())
                .isNotEmpty()
                .allSatisfy(advice -> assertThat(advice.state()).isEqualTo(Advice.State.PENDING));
        server.succeed(one);
        server.succeed(two);
        assertThat(server.migrations.underWay()).isEmpty();
    }
}
