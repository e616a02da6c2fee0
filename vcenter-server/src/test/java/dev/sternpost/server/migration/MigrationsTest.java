package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostPayload.DowntimeSource;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.virtualmachine.ReconfigureRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final HostId TWO = SimulatedDatacenter.TWO;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();

    @BeforeEach
    void aVmRunsOnHostOne() {
        server.succeed(
                server.vms.create(ADA, new CreateRequest("web-1", "", ONE.value(), "", "", ConfigWish.NOTHING, true)));
    }

    private VirtualMachine vm() {
        return datacenter.snapshot().resolve("web-1", VirtualMachine.class);
    }

    private TaskView migrate() {
        return server.migrations.migrate(ADA, new MigrationRequest("web-1", TWO.value(), 300, 0));
    }

    private TaskView migrateUntil(String step) {
        TaskView view = migrate();
        String id = view.task().id().toString();
        datacenter
                .loop()
                .runUntil(
                        "step " + step,
                        () -> server.tasks()
                                .get(id)
                                .task()
                                .summary()
                                .currentStep()
                                .equals(step));
        return view;
    }

    private List<EventType> events() {
        return datacenter.inventory().events(EventQuery.after(0, 1000)).stream()
                .filter(event -> vm().id().equals(event.subjectId()))
                .map(Event::type)
                .toList();
    }

    private static String code(Task task) {
        TaskFault fault = Objects.requireNonNull(task.summary().fault());
        return fault.code();
    }

    @Test
    void what_a_move_would_mean_is_told_without_moving_anything() {
        Migrations.Check check = server.migrations.check(new MigrationRequest("web-1", "", 300, 0));
        assertThat(check.hosts())
                .extracting(TargetVerdict::hostId)
                .doesNotContain(ONE)
                .contains(TWO);
        assertThat(check.hosts()).allMatch(host -> host.obstacles().isEmpty());
        assertThat(Objects.requireNonNull(check.forecast()).sentence()).startsWith("expected ");
        assertThat(vm().hostId()).isEqualTo(ONE);
        assertThat(server.migrations
                        .check(new MigrationRequest("web-1", ONE.value(), 300, 0))
                        .hosts())
                .singleElement()
                .satisfies(own -> assertThat(own.obstacles()).isNotEmpty());
    }

    @Test
    void a_migration_keeps_what_was_expected_of_it_and_teaches_the_next() {
        MigrationForecast before = Objects.requireNonNull(server.migrations
                .check(new MigrationRequest("web-1", TWO.value(), 300, 0))
                .forecast());
        assertThat(before.basis()).isEqualTo("nothing is known of it yet");
        Task task = server.finish(migrate());
        assertThat(MigrationView.of(task.summary()))
                .hasValueSatisfying(view -> assertThat(view.forecast()).isEqualTo(before));
        assertThat(Objects.requireNonNull(server.migrations
                                .check(new MigrationRequest("web-1", ONE.value(), 300, 0))
                                .forecast())
                        .basis())
                .contains("its last migration");
    }

    @Test
    void a_running_vm_moves_and_its_pause_is_told() {
        long generation = vm().generation();
        Task task = server.succeed(migrate());
        assertThat(vm().hostId()).isEqualTo(TWO);
        assertThat(vm().generation()).isEqualTo(generation + 1);
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(TWO);
        MigrationView view = MigrationView.of(task.summary()).orElseThrow();
        assertThat(view.downtimeMillis()).isEqualTo(12.5);
        assertThat(view.downtimeSource()).isEqualTo(DowntimeSource.GUEST_TICKER);
        assertThat(view.rounds()).isNotEmpty();
        assertThat(events()).contains(EventType.VM_MIGRATION_STARTED, EventType.VM_MIGRATED);
    }

    @Test
    void a_check_tells_that_a_move_is_under_way() {
        String task = migrateUntil("await-convergence").task().id().toString();
        assertThat(server.migrations
                        .check(new MigrationRequest("web-1", "", 0, 0))
                        .hosts())
                .isNotEmpty()
                .allSatisfy(host -> assertThat(host.obstacles())
                        .anySatisfy(reason -> assertThat(reason).contains(task)));
    }

    private void allow(long pauseMillis) {
        ConfigWish wish = new ConfigWish(
                0,
                0,
                null,
                List.of(),
                List.of(),
                "",
                AllocationWish.NOTHING,
                AllocationWish.NOTHING,
                pauseMillis,
                null);
        server.succeed(server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, wish, List.of())));
    }

    private static long limitOf(Task task) {
        return MigrationView.of(task.summary()).orElseThrow().downtimeLimitMillis();
    }

    @Test
    void a_move_aims_at_the_pause_asked_for_else_at_that_of_the_vm_else_at_the_usual_one() {
        assertThat(limitOf(server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 0, 0)))))
                .isEqualTo(300);
        allow(80);
        assertThat(server.migrations
                        .check(new MigrationRequest("web-1", "", 0, 0))
                        .downtimeLimitMillis())
                .isEqualTo(80);
        assertThat(limitOf(server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 0, 0)))))
                .isEqualTo(80);
        assertThat(limitOf(server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 500, 0)))))
                .isEqualTo(500);
        allow(0);
        assertThat(limitOf(server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 0, 0)))))
                .isEqualTo(300);
    }

    @Test
    void a_pause_longer_than_allowed_is_told_with_both_numbers() {
        allow(10); // The simulated guest stands still for 12.5 ms.
        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", TWO.value(), 0, 0)));
        assertThat(datacenter.inventory().events(EventQuery.after(0, 1000)))
                .filteredOn(event -> event.type() == EventType.VM_MIGRATED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("longer than the 10 ms allowed"));
    }

    @Test
    void placement_chooses_the_target_when_none_is_named() {
        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "", 0, 0)));
        assertThat(vm().hostId()).isNotEqualTo(ONE);
    }

    @Test
    void a_vm_does_not_move_to_where_it_is() {
        assertThatThrownBy(() -> server.migrations.migrate(ADA, new MigrationRequest("web-1", ONE.value(), 0, 0)))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.HOST_INCOMPATIBLE));
    }

    @Test
    void a_second_move_at_the_same_time_is_refused_by_the_name_of_the_first() {
        TaskView first = migrate();
        assertThatThrownBy(this::migrate)
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(first.task().id().toString());
        server.succeed(first);
    }

    @Test
    void a_target_that_is_lost_before_the_shadow_starts_fails_the_task_and_the_guest_stays() {
        datacenter.hosts().setAway(TWO, true);
        Task task = server.finish(migrate());
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(code(task)).isEqualTo("HOST_NOT_CONNECTED");
        assertThat(vm().hostId()).isEqualTo(ONE);
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(ONE);
        assertThat(events()).contains(EventType.VM_MIGRATION_FAILED);
    }

    @Test
    void a_shadow_on_a_target_that_was_lost_is_swept_when_the_target_is_heard_again() {
        TaskView view = migrateUntil("await-convergence");
        datacenter.hosts().setAway(TWO, true);
        server.tasks().cancel(view.task().id().toString());
        assertThat(server.finish(view).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(datacenter.state()).contains("INCOMING");
        datacenter.hosts().setAway(TWO, false);
        datacenter.report();
        assertThat(datacenter.state()).doesNotContain("INCOMING");
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(ONE);
    }

    @Test
    void cancelling_while_memory_is_copied_leaves_the_guest_at_the_source() {
        TaskView view = migrateUntil("await-convergence");
        server.tasks().cancel(view.task().id().toString());
        assertThat(server.finish(view).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(vm().hostId()).isEqualTo(ONE);
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(ONE);
        assertThat(datacenter.state()).doesNotContain("INCOMING");
        assertThat(events()).contains(EventType.VM_MIGRATION_CANCELLED);
    }

    @Test
    void once_the_switch_over_was_ordered_a_cancel_is_refused() {
        TaskView view = migrateUntil("switch-over");
        assertThatThrownBy(() -> server.tasks().cancel(view.task().id().toString()))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.TASK_NOT_CANCELLABLE));
        server.succeed(view);
    }

    @Test
    void a_target_that_is_away_after_the_hand_over_is_waited_for() {
        TaskView view = migrateUntil("switch-over");
        datacenter.hosts().setAway(TWO, true);
        boolean[] back = {false};
        datacenter.loop().schedule(Duration.ofMinutes(5), () -> {
            datacenter.hosts().setAway(TWO, false);
            back[0] = true;
        });
        server.succeed(view);
        assertThat(back[0]).isTrue();
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(TWO);
    }

    @Test
    void a_source_that_is_lost_after_the_hand_over_does_not_hold_up_the_task_and_is_swept_later() {
        TaskView view = migrateUntil("activate-target");
        datacenter.hosts().setAway(ONE, true);
        server.succeed(view);
        assertThat(vm().hostId()).isEqualTo(TWO);
        assertThat(datacenter.state()).contains("HANDED_OVER");
        datacenter.hosts().setAway(ONE, false);
        datacenter.report();
        assertThat(datacenter.state()).doesNotContain("HANDED_OVER");
    }

    @Test
    void a_guest_that_dies_with_its_shadow_after_the_hand_over_is_off_and_the_task_failed() {
        TaskView view = migrateUntil("activate-target");
        datacenter.hosts().loseShadow(TWO, vm().id());
        Task task = server.finish(view);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(code(task)).isEqualTo("MIGRATION_FAILED");
        assertThat(vm().hostId()).isEqualTo(TWO);
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_OFF);
        assertThat(events()).contains(EventType.VM_MIGRATION_FAILED).doesNotContain(EventType.VM_MIGRATED);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(TWO);
    }

    @Test
    void a_switch_over_that_the_source_refuses_leaves_the_guest_there() {
        TaskView view = migrateUntil("await-convergence");
        datacenter.hosts().loseShadow(TWO, vm().id());
        Task task = server.finish(view);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(vm().hostId()).isEqualTo(ONE);
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(ONE);
    }

    @Test
    void a_vm_that_is_off_is_given_to_the_target() {
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        Task task = server.succeed(migrate());
        assertThat(task.draft().kind()).isEqualTo(ColdMove.KIND);
        assertThat(vm().hostId()).isEqualTo(TWO);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(datacenter.hosts().running(vm().id())).containsExactly(TWO);
    }

    @Test
    void another_task_on_the_vm_waits_for_its_migration() {
        TaskView migration = migrateUntil("await-convergence");
        TaskView off = server.vms.powerOff(ADA, "web-1");
        assertThat(server.tasks().get(off.task().id().toString()).waitsFor())
                .isEqualTo(migration.task().id().toString());
        server.succeed(off);
        assertThat(server.finish(migration).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(vm().hostId()).isEqualTo(TWO);
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_OFF);
    }
}
