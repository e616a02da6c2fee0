package dev.sternpost.server.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.migration.MigrationPromises;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.placement.Placements.Candidates;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.virtualmachine.VmWorkflows;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.kit.KitLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Three hosts of four CPUs of 2000 MHz and 4 GiB. */
class PlacementsTest {
    private static final Caller ADA = Caller.named("ada");
    private static final List<HostId> ALL =
            List.of(SimulatedDatacenter.ONE, SimulatedDatacenter.TWO, SimulatedDatacenter.THREE);
    private static final long MIB = 1L << 20;

    private final KitLoop loop = new KitLoop();
    private final InMemoryTaskStore tasks = new InMemoryTaskStore(loop);
    private final SimulatedDatacenter datacenter = new SimulatedDatacenter(loop, tasks);
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final ClusterRulesAdmin rules = new ClusterRulesAdmin(datacenter.inventory());

    private static CreateRequest request(String name, String compute, int cpuCount, long memoryMib, boolean on) {
        ConfigWish wish = new ConfigWish(cpuCount, memoryMib * MIB, null, List.of(), List.of(), "");
        return new CreateRequest(name, "", compute, "", "", wish, on);
    }

    private VirtualMachine made(String name, String compute, int cpuCount, long memoryMib, boolean on) {
        server.succeed(server.vms.create(ADA, request(name, compute, cpuCount, memoryMib, on)));
        return vm(name);
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private static String code(Task task) {
        TaskFault fault = Objects.requireNonNull(task.summary().fault());
        return fault.code();
    }

    private void keepApart(String rule, String... names) {
        rules.create(ADA, "prod", new ClusterRulesAdmin.VmRuleWish(rule, true, VmAffinity.KEEP_APART, List.of(names)));
    }

    @Test
    void power_ons_at_once_get_each_room_of_their_own_and_the_last_is_refused() {
        List<TaskView> filed = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            made("big-" + i, "", 1, 3_000, false);
        }
        for (int i = 1; i <= 4; i++) {
            filed.add(server.vms.powerOn(ADA, "big-" + i));
        }
        List<Task> ended = filed.stream().map(server::finish).toList();
        assertThat(ended)
                .filteredOn(task -> task.state() == TaskState.SUCCEEDED)
                .hasSize(3);
        assertThat(ended)
                .filteredOn(task -> task.state() == TaskState.FAILED)
                .singleElement()
                .satisfies(task -> assertThat(code(task)).isEqualTo("NO_SUITABLE_HOST"));
        datacenter.checkInvariants();
    }

    @Test
    void choices_on_many_threads_never_give_the_last_room_twice() throws Exception {
        int wanted = 24;
        List<Newcomer> newcomers = new ArrayList<>();
        for (int i = 1; i <= wanted; i++) {
            newcomers.add(Newcomer.of(made("big-" + i, "", 1, 1_900, false)));
        }
        CountDownLatch start = new CountDownLatch(1);
        List<Future<HostId>> choices = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(wanted)) {
            for (int i = 0; i < wanted; i++) {
                TaskId task = new TaskId(1_000 + i);
                Newcomer vm = newcomers.get(i);
                choices.add(threads.submit(() -> {
                    start.await();
                    return datacenter
                            .placements()
                            .toRun(task, vm, Candidates.of(ALL))
                            .id();
                }));
            }
            start.countDown();
        }
        List<HostId> given = new ArrayList<>();
        for (Future<HostId> choice : choices) {
            try {
                given.add(choice.get());
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                FaultException.class,
                                fault -> assertThat(fault.code()).isEqualTo(FaultCode.NO_SUITABLE_HOST));
            }
        }
        assertThat(given).hasSize(6);
        assertThat(ALL)
                .allSatisfy(host -> assertThat(given).filteredOn(host::equals).hasSize(2));
    }

    @Test
    void what_is_reserved_is_promised_once_to_those_that_come_at_once() {
        AllocationWish reserving = new AllocationWish(7_000L, null, null, 0);
        List<TaskView> filed = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            ConfigWish wish =
                    new ConfigWish(4, 256 * MIB, null, List.of(), List.of(), "", reserving, AllocationWish.NOTHING);
            filed.add(server.vms.create(ADA, new CreateRequest("sure-" + i, "", "", "", "", wish, true)));
        }
        List<Task> ended = filed.stream().map(server::finish).toList();
        assertThat(ended)
                .filteredOn(task -> task.state() == TaskState.SUCCEEDED)
                .hasSize(3);
        assertThat(ended)
                .filteredOn(task -> task.state() == TaskState.FAILED)
                .singleElement()
                .satisfies(task -> assertThat(code(task)).isEqualTo("INSUFFICIENT_RESOURCES"));
    }

    @Test
    void vms_that_are_kept_apart_are_powered_on_apart_or_not_at_all() {
        for (int i = 1; i <= 4; i++) {
            made("web-" + i, "h1", 1, 128, false);
        }
        keepApart("apart", "web-1", "web-2", "web-3");
        for (int i = 1; i <= 3; i++) {
            keepApart("apart-" + i, "web-4", "web-" + i);
        }
        Set<HostId> hosts = new HashSet<>();
        for (int i = 1; i <= 3; i++) {
            server.succeed(server.vms.powerOn(ADA, "web-" + i));
            hosts.add(vm("web-" + i).hostId());
        }
        assertThat(hosts).hasSize(3);
        Task refused = server.finish(server.vms.powerOn(ADA, "web-4"));
        assertThat(code(refused)).isEqualTo("NO_SUITABLE_HOST");
        assertThat(Objects.requireNonNull(refused.summary().fault()).message())
                .contains("h1: ", "h2: ", "h3: ")
                .contains("rule apart");
        assertThat(vm("web-1").hostId()).isEqualTo(SimulatedDatacenter.ONE);
    }

    @Test
    void a_vm_starts_where_it_is_registered_unless_another_host_is_clearly_better() {
        made("idle", "h2", 1, 128, false);
        server.succeed(server.vms.powerOn(ADA, "idle"));
        assertThat(vm("idle").hostId()).isEqualTo(SimulatedDatacenter.TWO);
        for (int i = 1; i <= 5; i++) {
            made("load-" + i, "h1", 4, 512, true);
        }
        made("late", "h1", 4, 512, false);
        server.succeed(server.vms.powerOn(ADA, "late"));
        assertThat(vm("late").hostId()).isNotEqualTo(SimulatedDatacenter.ONE);
    }

    @Test
    void where_a_person_is_to_choose_a_vm_starts_where_it_is_registered_as_long_as_it_can() {
        new DrsSettingsAdmin(datacenter.inventory())
                .update("ada", "prod", 0, new DrsSettingsAdmin.Wish(true, AutomationLevel.MANUAL, 0, 0));
        for (int i = 1; i <= 5; i++) {
            made("load-" + i, "h1", 4, 512, true);
        }
        made("late", "h1", 4, 512, false);
        server.succeed(server.vms.powerOn(ADA, "late"));
        assertThat(vm("late").hostId()).isEqualTo(SimulatedDatacenter.ONE);
    }

    @Test
    void who_moves_a_vm_without_a_target_gets_the_best_host_that_keeps_the_rules() {
        made("load", "h2", 4, 2_048, true);
        made("web-1", "h1", 1, 128, true);
        made("web-2", "h3", 1, 128, true);
        keepApart("apart", "web-1", "web-2");
        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 0, 0)));
        assertThat(vm("web-1").hostId()).isEqualTo(SimulatedDatacenter.TWO);
        made("web-3", "h1", 1, 128, true);
        keepApart("apart-3", "web-3", "web-2");
        keepApart("apart-4", "web-3", "load");
        assertThatThrownBy(() -> server.migrations.migrate(ADA, new MigrationRequest("web-3", "", 0, 0)))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.NO_SUITABLE_HOST);
                    assertThat(fault.fault().message()).contains("h2 ", "apart-4", "h3 ", "apart-3");
                });
    }

    @Test
    void a_vm_does_not_come_to_a_host_that_one_it_is_kept_apart_from_has_not_left_yet() {
        made("load", "h3", 4, 2_048, true);
        made("web-1", "h1", 1, 128, true);
        made("web-2", "h1", 1, 128, false);
        keepApart("apart", "web-1", "web-2");
        TaskView leaves = server.migrations.migrate(ADA, new MigrationRequest("web-1", "h2", 0, 0));
        loop.runUntil("it is on its way", () -> chose(leaves, "reserve-target"));
        assertThat(vm("web-1").hostId()).isEqualTo(SimulatedDatacenter.ONE);
        assertThat(server.placements()
                        .verdicts(
                                datacenter.snapshot(),
                                Newcomer.of(vm("web-2")),
                                List.of(SimulatedDatacenter.ONE, SimulatedDatacenter.TWO, SimulatedDatacenter.THREE)))
                .filteredOn(HostVerdict::feasible)
                .extracting(HostVerdict::hostId)
                .containsExactly(SimulatedDatacenter.THREE);
        server.succeed(leaves);
    }

    @Test
    void a_server_that_is_started_again_knows_what_its_tasks_were_promised() {
        VirtualMachine sleeper = made("sleeper", "", 1, 512, false);
        VirtualMachine mover = made("mover", "h1", 1, 512, true);
        TaskView on = server.vms.powerOn(ADA, "sleeper");
        TaskView move = server.migrations.migrate(ADA, new MigrationRequest("mover", "h3", 0, 0));
        TaskView create = server.vms.create(ADA, request("fresh", "h2", 1, 512, true));
        loop.runUntil(
                "all have chosen",
                () -> chose(on, "choose-host") && chose(move, "reserve-target") && chose(create, "choose-host"));
        server.close();

        Reservations again = new Reservations(new TaskBoard());
        new PromisesUnderWay(
                        tasks,
                        datacenter.inventory(),
                        again,
                        List.of(VmWorkflows::promiseOf, MigrationPromises::promiseOf),
                        (task, outputs) -> {})
                .renew();
        assertThat(again.open(datacenter.snapshot()))
                .hasSize(3)
                .anyMatch(promise -> promise.vm().id().equals(sleeper.id()))
                .anyMatch(promise ->
                        promise.vm().id().equals(mover.id()) && promise.hostId().equals(SimulatedDatacenter.THREE));
        assertThat(again.open(datacenter.snapshot()))
                .containsExactlyInAnyOrderElementsOf(datacenter.reservations().open(datacenter.snapshot()));
    }

    private boolean chose(TaskView task, String step) {
        return tasks.log(task.task().id()).stream()
                .anyMatch(record ->
                        record.kind() == LogKind.STEP_DONE && record.step().equals(step));
    }
}
