package dev.sternpost.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.maintenance.EvacuationPlan;
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
import dev.sternpost.server.migration.LiveMigration;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Three hosts of four CPUs and 4 GiB. */
class MaintenanceTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final long MIB = 1L << 20;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private SimulatedDatacenter.Server server = datacenter.server();
    private HostMaintenance.Running running = running();

    private HostMaintenance.Running running() {
        return server.maintenance(server.balancing(new InMemoryPassStore()));
    }

    private VirtualMachine made(String name, String host, long memoryMib, boolean on) {
        ConfigWish wish = new ConfigWish(1, memoryMib * MIB, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", host, "", "", wish, on)));
        return vm(name);
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private Host one() {
        return datacenter.snapshot().get(ONE);
    }

    private Task state(TaskView task) {
        return server.tasks().get(task.task().id()).task();
    }

    /** Lets time pass, and maintenance go on, until the task has ended; at most an hour of simulated time. */
    private Task ended(TaskView task) {
        for (int i = 0; i < 3_600 && !state(task).state().isEnd(); i++) {
            second();
        }
        return state(task);
    }

    private void second() {
        running.tick().run();
        boolean[] over = {false};
        datacenter.loop().schedule(Duration.ofSeconds(1), () -> over[0] = true);
        datacenter.loop().runUntil("a second passes", () -> over[0]);
    }

    private static void refused(FaultCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(code);
            assertThat(fault.fault().message()).contains(words);
        });
    }

    private List<Task> moves() {
        return server.tasks().list(new TaskQuery(null, false, null, 100)).stream()
                .map(TaskView::task)
                .filter(task -> task.draft().kind().equals(LiveMigration.KIND))
                .toList();
    }

    @Test
    void a_host_is_emptied_by_migrations_and_nothing_comes_to_it_until_it_is_back() {
        for (int i = 1; i <= 4; i++) {
            made("web-" + i, "h1", 256, true);
        }
        made("cold", "h1", 256, false);
        EvacuationPlan plan = running.face().plan("h1", false);
        assertThat(plan.moves()).hasSize(4);
        assertThat(plan.etaSeconds()).isPositive();
        assertThat(plan.complete()).isTrue();
        assertThat(running.face().staying(plan))
                .extracting(VirtualMachine::name)
                .containsExactly("cold");
        assertThat(one().mode()).isEqualTo(HostMode.NORMAL);

        Task entered = ended(running.face().enter(ADA, "h1", false));
        assertThat(entered.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(one().mode()).isEqualTo(HostMode.MAINTENANCE);
        assertThat(datacenter.snapshot().vmsOn(ONE))
                .extracting(VirtualMachine::name)
                .containsExactly("cold");
        assertThat(moves())
                .hasSize(4)
                .allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED));
        refused(FaultCode.HOST_WRONG_MODE, "already", () -> running.face().enter(ADA, "h1", false));

        server.succeed(server.vms.powerOn(ADA, "cold"));
        assertThat(vm("cold").hostId()).isNotEqualTo(ONE);
        Task refused = server.finish(
                server.vms.create(ADA, new CreateRequest("late", "", "h1", "shared1", "", ConfigWish.NOTHING, true)));
        assertThat(Objects.requireNonNull(refused.summary().fault()).message()).contains("is in maintenance mode");

        Task exited = ended(running.face().exit(ADA, "h1", true));
        assertThat(exited.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(one().mode()).isEqualTo(HostMode.NORMAL);
        assertThat(datacenter.snapshot().vmsOn(ONE))
                .extracting(VirtualMachine::name)
                .contains("web-1", "web-2", "web-3", "web-4");
        refused(
                FaultCode.HOST_WRONG_MODE,
                "not in maintenance mode",
                () -> running.face().exit(ADA, "h1", false));
        assertThat(datacenter.inventory().events(EventQuery.newest(200)))
                .extracting(event -> event.type())
                .contains(
                        EventType.HOST_ENTERING_MAINTENANCE,
                        EventType.HOST_ENTERED_MAINTENANCE,
                        EventType.HOST_EXITED_MAINTENANCE);
        datacenter.checkInvariants();
    }

    @Test
    void vms_that_do_not_run_are_registered_elsewhere_when_that_is_wished() {
        made("cold", "h1", 256, false);
        Task entered = ended(running.face().enter(ADA, "h1", true));
        assertThat(entered.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(vm("cold").hostId()).isNotEqualTo(ONE);
    }

    @Test
    void what_cannot_leave_is_told_with_reason_and_remedy_before_anything_is_touched() {
        made("huge", "h1", 3_000, true);
        made("full-2", "h2", 3_000, true);
        made("full-3", "h3", 3_000, true);
        EvacuationPlan plan = running.face().plan("h1", false);
        assertThat(plan.blocked()).singleElement().satisfies(blocked -> {
            assertThat(blocked.vmId()).isEqualTo(vm("huge").id());
            assertThat(blocked.reason()).contains("memory");
            assertThat(blocked.remedy()).isNotEmpty();
        });
        refused(FaultCode.MAINTENANCE_BLOCKED, "huge", () -> running.face().enter(ADA, "h1", false));
        assertThat(one().mode()).isEqualTo(HostMode.NORMAL);
        assertThat(moves()).isEmpty();
    }

    @Test
    void what_comes_to_stand_in_the_way_later_ends_the_task_and_the_host_is_in_use_again() {
        made("huge", "h1", 3_000, true);
        TaskView entering = running.face().enter(ADA, "h1", false);
        made("full-2", "h2", 3_000, true);
        made("full-3", "h3", 3_000, true);
        Task entered = ended(entering);
        assertThat(entered.state()).isEqualTo(TaskState.FAILED);
        TaskFault fault = Objects.requireNonNull(entered.summary().fault());
        assertThat(fault.code()).isEqualTo("MAINTENANCE_BLOCKED");
        assertThat(fault.message()).contains("huge");
        assertThat(one().mode()).isEqualTo(HostMode.NORMAL);
    }

    @Test
    void who_cancels_gets_the_host_back_and_moves_under_way_end_by_themselves() {
        for (int i = 1; i <= 4; i++) {
            made("web-" + i, "h1", 256, true);
        }
        TaskView entering = running.face().enter(ADA, "h1", false);
        for (int i = 0; i < 60 && moves().isEmpty(); i++) {
            second();
        }
        assertThat(moves()).isNotEmpty();
        server.tasks().cancel(entering.task().id().toString());
        assertThat(ended(entering).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(one().mode()).isEqualTo(HostMode.NORMAL);
        server.tasks().list(new TaskQuery(null, true, null, 100)).forEach(server::finish);
        assertThat(datacenter.snapshot().objects(VirtualMachine.class))
                .allSatisfy(vm -> assertThat(vm.powerState()).isEqualTo(PowerState.POWERED_ON));
        datacenter.checkInvariants();
    }

    @Test
    void while_emptying_is_paused_nothing_more_is_moved_and_then_it_goes_on() {
        for (int i = 1; i <= 4; i++) {
            made("web-" + i, "h1", 256, true);
        }
        refused(FaultCode.HOST_WRONG_MODE, "not entering", () -> running.face().pause("ada", "h1", true));
        TaskView entering = running.face().enter(ADA, "h1", false);
        for (int i = 0; i < 60 && moves().isEmpty(); i++) {
            second();
        }
        assertThat(running.face().pause("ada", "h1", true).mode()).isEqualTo(HostMode.EVACUATION_PAUSED);
        for (int i = 0; i < 120; i++) {
            second();
        }
        assertThat(moves())
                .hasSize(2)
                .allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED));
        assertThat(state(entering).state()).isEqualTo(TaskState.RUNNING);
        assertThat(running.face().pause("ada", "h1", false).mode()).isEqualTo(HostMode.ENTERING_MAINTENANCE);
        assertThat(ended(entering).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(moves()).hasSize(4);
    }

    @Test
    void a_server_that_is_started_again_goes_on_emptying_the_host() {
        for (int i = 1; i <= 4; i++) {
            made("web-" + i, "h1", 256, true);
        }
        TaskView entering = running.face().enter(ADA, "h1", false);
        for (int i = 0; i < 60 && moves().isEmpty(); i++) {
            second();
        }
        server.close();
        server = datacenter.server();
        running = running();
        assertThat(ended(entering).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(datacenter.snapshot().vmsOn(ONE)).isEmpty();
        datacenter.checkInvariants();
    }

    @Test
    void a_quarantined_host_gets_no_vm_and_load_balancing_empties_it() {
        made("web-1", "h1", 256, true);
        var balancing = server.balancing(new InMemoryPassStore());
        Host host = running.face().quarantine("ada", "h1", true);
        assertThat(host.mode()).isEqualTo(HostMode.QUARANTINE);
        assertThat(balancing.face().look("").recommendations()).isNotEmpty();
        VirtualMachine late = made("late", "", 256, true);
        assertThat(late.hostId()).isNotEqualTo(ONE);
        assertThat(running.face().quarantine("ada", "h1", false).mode()).isEqualTo(HostMode.NORMAL);
    }
}
