package dev.sternpost.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three hosts of 4 GiB; web-1 and web-2 run on the first, and idle is there too but off. */
class MaintenanceTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final HostId TWO = SimulatedDatacenter.TWO;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int SECONDS_MAX = 600;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private HostMaintenance.Running running = running(server);
    private Maintenance maintenance = running.face();

    private HostMaintenance.Running running(SimulatedDatacenter.Server of) {
        return of.maintenance(of.balancing(new InMemoryPassStore()));
    }

    @BeforeEach
    void vms_on_the_first_host() {
        make("web-1", ONE, 1L << 30, true);
        make("web-2", ONE, 1L << 30, true);
        make("idle", ONE, 1L << 30, false);
    }

    private void make(String name, HostId host, long memoryBytes, boolean powerOn) {
        ConfigWish wish = new ConfigWish(1, memoryBytes, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", host.value(), "", "", wish, powerOn)));
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private HostMode mode(HostId host) {
        return datacenter.snapshot().get(host).mode();
    }

    private TaskView enter(boolean movePoweredOff, boolean waitForBlocked) {
        return maintenance.enter(ADA, new Maintenance.EnterRequest("h1", movePoweredOff, waitForBlocked));
    }

    /** Lets the reconciler look each second until the condition holds. */
    private void until(String what, BooleanSupplier condition) {
        for (int i = 0; i < SECONDS_MAX; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            running.tick().run();
            pass(SECOND);
        }
        throw new AssertionError("not within " + SECONDS_MAX + " s: " + what);
    }

    private void pass(Duration time) {
        boolean[] over = {false};
        datacenter.loop().schedule(time, () -> over[0] = true);
        datacenter.loop().runUntil("time passes", () -> over[0]);
    }

    private Task ended(TaskView view) {
        until("the end of " + view.task().id(), () -> task(view).state().isEnd());
        return task(view);
    }

    private Task task(TaskView view) {
        return server.tasks().get(view.task().id()).task();
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }

    @Test
    void the_plan_says_what_would_move_and_touches_nothing() {
        EvacuationPlan plan = maintenance.plan("h1", false);
        assertThat(plan.moves())
                .extracting(move -> move.move().vmId())
                .containsExactlyInAnyOrder(vm("web-1").id(), vm("web-2").id());
        assertThat(plan.complete()).isTrue();
        assertThat(plan.etaSeconds()).isPositive();
        assertThat(maintenance.staying(plan)).extracting(VirtualMachine::name).containsExactly("idle");
        assertThat(maintenance.plan("h1", true).registrations())
                .singleElement()
                .satisfies(move -> assertThat(move.vmId()).isEqualTo(vm("idle").id()));
        assertThat(mode(ONE)).isEqualTo(HostMode.NORMAL);
    }

    @Test
    void what_runs_leaves_and_then_the_host_is_in_maintenance_and_takes_nothing() {
        assertThat(ended(enter(false, false)).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(mode(ONE)).isEqualTo(HostMode.MAINTENANCE);
        assertThat(datacenter.hosts().running(vm("web-1").id()))
                .doesNotContain(ONE)
                .hasSize(1);
        assertThat(datacenter.hosts().running(vm("web-2").id()))
                .doesNotContain(ONE)
                .hasSize(1);
        assertThat(vm("idle").hostId()).isEqualTo(ONE);
        assertThat(datacenter.inventory().events(EventQuery.after(0, 1000)))
                .extracting(event -> event.type())
                .containsSubsequence(
                        EventType.HOST_ENTERING_MAINTENANCE, EventType.VM_MIGRATED, EventType.HOST_ENTERED_MAINTENANCE);

        make("new", TWO, 1L << 29, true);
        server.succeed(server.vms.powerOn(ADA, "idle"));
        assertThat(vm("idle").hostId()).isNotEqualTo(ONE);
        refused(FaultCode.HOST_WRONG_MODE, () -> enter(false, false));
        datacenter.checkInvariants();
    }

    @Test
    void a_vm_that_is_on_its_way_to_the_host_is_waited_for_and_leaves_again() {
        make("late", TWO, 1L << 28, true);
        TaskView coming = server.migrations.migrate(ADA, new MigrationRequest("late", "h1", 0, 0));
        datacenter.loop().runUntil("room is promised", () -> server.placements().isPromised(ONE));
        TaskView entering = enter(false, true);
        assertThat(ended(entering).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(ended(coming).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(mode(ONE)).isEqualTo(HostMode.MAINTENANCE);
        assertThat(vm("late").hostId()).isNotEqualTo(ONE);
        assertThat(datacenter.hosts().running(vm("late").id()))
                .doesNotContain(ONE)
                .hasSize(1);
        assertThat(server.placements().isPromised(ONE)).isFalse();
    }

    @Test
    void what_does_not_run_is_registered_elsewhere_if_wished() {
        assertThat(ended(enter(true, false)).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(vm("idle").hostId()).isNotEqualTo(ONE);
        assertThat(vm("idle").powerState()).isEqualTo(PowerState.POWERED_OFF);
        assertThat(datacenter.hosts().knowing(vm("idle").id())).doesNotContain(ONE);
    }

    @Test
    void leaving_brings_the_vms_back_if_wished() {
        ended(enter(false, false));
        Maintenance.Exit exit = maintenance.exit(ADA, "h1", true);
        assertThat(ended(exit.exit()).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(ended(Objects.requireNonNull(exit.restore())).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(vm("web-1").hostId()).isEqualTo(ONE);
        assertThat(vm("web-2").hostId()).isEqualTo(ONE);
        refused(FaultCode.HOST_WRONG_MODE, () -> maintenance.exit(ADA, "h1", false));
    }

    @Test
    void leaving_leaves_them_where_they_are_otherwise() {
        ended(enter(false, false));
        Maintenance.Exit exit = maintenance.exit(ADA, "h1", false);
        assertThat(exit.restore()).isNull();
        assertThat(ended(exit.exit()).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(vm("web-1").hostId()).isNotEqualTo(ONE);
    }

    @Test
    void a_vm_that_cannot_leave_refuses_the_order_with_its_reason_and_remedy() {
        pin("web-2");
        assertThatThrownBy(() -> enter(false, false))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.MAINTENANCE_BLOCKED))
                .hasMessageContaining("web-2 cannot leave")
                .hasMessageNotContaining("web-1");
        assertThat(mode(ONE)).isEqualTo(HostMode.NORMAL);
    }

    private void pin(String name) {
        new DrsSettingsAdmin(datacenter.inventory()).override("ada", name, AutomationLevel.DISABLED);
    }

    @Test
    void a_vm_that_cannot_leave_can_be_waited_for() {
        pin("web-2");
        TaskView view = enter(false, true);
        until("web-1 has left", () -> !vm("web-1").hostId().equals(ONE));
        pass(Duration.ofMinutes(10));
        running.tick().run();
        assertThat(task(view).state()).isEqualTo(TaskState.RUNNING);
        server.succeed(server.vms.powerOff(ADA, "web-2"));
        assertThat(ended(view).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_cancel_puts_the_host_back_into_use_and_leaves_vms_where_they_are() {
        pin("web-2");
        TaskView view = enter(false, true);
        until("web-1 has left", () -> !vm("web-1").hostId().equals(ONE));
        server.tasks().cancel(view.task().id().toString());
        assertThat(ended(view).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(vm("web-1").hostId()).isNotEqualTo(ONE);
        assertThat(vm("web-2").hostId()).isEqualTo(ONE);
    }

    @Test
    void a_paused_evacuation_begins_no_move_until_it_goes_on() {
        TaskView view = enter(false, false);
        datacenter.loop().runUntil("it is being emptied", () -> mode(ONE) == HostMode.ENTERING_MAINTENANCE);
        maintenance.pause("ada", "h1", true);
        for (int i = 0; i < 30; i++) {
            running.tick().run();
            pass(SECOND);
        }
        assertThat(vm("web-1").hostId()).isEqualTo(ONE);
        assertThat(vm("web-2").hostId()).isEqualTo(ONE);
        assertThat(task(view).state()).isEqualTo(TaskState.RUNNING);
        maintenance.pause("ada", "h1", false);
        assertThat(ended(view).state()).isEqualTo(TaskState.SUCCEEDED);
        refused(FaultCode.HOST_WRONG_MODE, () -> maintenance.pause("ada", "h1", true));
    }

    @Test
    void a_server_that_dies_leaves_the_host_to_be_emptied_by_the_next_one() {
        TaskView view = enter(false, false);
        until(
                "a VM has left",
                () -> !vm("web-1").hostId().equals(ONE) || !vm("web-2").hostId().equals(ONE));
        server.close();
        SimulatedDatacenter.Server next = datacenter.server();
        HostMaintenance.Running after = running(next);
        for (int i = 0;
                i < SECONDS_MAX
                        && !next.tasks().get(view.task().id()).task().state().isEnd();
                i++) {
            after.tick().run();
            pass(SECOND);
        }
        assertThat(next.tasks().get(view.task().id()).task().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(mode(ONE)).isEqualTo(HostMode.MAINTENANCE);
        assertThat(datacenter.hosts().running(vm("web-1").id()))
                .doesNotContain(ONE)
                .hasSize(1);
        assertThat(datacenter.hosts().running(vm("web-2").id()))
                .doesNotContain(ONE)
                .hasSize(1);
        datacenter.checkInvariants();
    }

    @Test
    void the_next_server_counts_the_moves_that_go_on_before_it_begins_more() {
        make("web-3", ONE, 1L << 28, true);
        make("web-4", ONE, 1L << 28, true);
        TaskView view = enter(false, false);
        datacenter
                .loop()
                .runUntil(
                        "it is being emptied",
                        () -> task(view).summary().currentStep().equals(MaintenanceWorkflows.EVACUATE));
        running.tick().run();
        assertThat(server.migrations.underWay()).hasSize(Evacuations.AT_ONCE);
        server.close();
        SimulatedDatacenter.Server next = datacenter.server();
        HostMaintenance.Running after = running(next);
        for (int i = 0;
                i < SECONDS_MAX
                        && !next.tasks().get(view.task().id()).task().state().isEnd();
                i++) {
            after.tick().run();
            assertThat(next.migrations.underWay()).hasSizeLessThanOrEqualTo(Evacuations.AT_ONCE);
            pass(SECOND);
        }
        assertThat(next.tasks().get(view.task().id()).task().state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_host_that_nothing_can_leave_because_the_others_are_full_says_so_for_each() {
        make("full-2", TWO, 3L << 30, true);
        make("full-3", SimulatedDatacenter.THREE, 3L << 30, true);
        assertThatThrownBy(() -> enter(false, false))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.MAINTENANCE_BLOCKED))
                .hasMessageContainingAll("web-1", "web-2", "h2", "h3");
    }

    @Test
    void a_quarantined_host_takes_nothing_by_itself_and_shows_it() {
        Host host = maintenance.quarantine("ada", "h2", true);
        assertThat(host.mode()).isEqualTo(HostMode.QUARANTINE);
        make("a", ONE, 1L << 28, false);
        assertThat(maintenance.plan("h1", false).moves())
                .extracting(move -> move.move().toHostId())
                .doesNotContain(TWO);
        maintenance.quarantine("ada", "h2", false);
        assertThat(mode(TWO)).isEqualTo(HostMode.NORMAL);
        ended(enter(false, false));
        refused(FaultCode.HOST_WRONG_MODE, () -> maintenance.quarantine("ada", "h1", true));
    }
}
