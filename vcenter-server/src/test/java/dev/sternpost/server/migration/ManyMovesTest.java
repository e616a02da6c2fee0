package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many VMs move as one job. */
class ManyMovesTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final HostId TWO = SimulatedDatacenter.TWO;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private SimulatedDatacenter.Server server = datacenter.server();

    @BeforeEach
    void threeRunOnOneHost() {
        for (String name : List.of("web-1", "web-2", "web-3")) {
            server.succeed(server.vms.create(
                    ADA, new CreateRequest(name, "", ONE.value(), "shared1", "", ConfigWish.NOTHING, true)));
        }
    }

    @Test
    void all_move_each_by_a_task_of_its_own_in_the_order_in_which_they_are_named() {
        Task job = server.succeed(server.manyMoves.move(ADA, to(TWO, "web-3", "web-1", "web-2")));

        assertThat(List.of("web-1", "web-2", "web-3")).allMatch(name -> on(name).equals(TWO));
        ManyMovesView view = ManyMovesView.of(job.summary()).orElseThrow();
        assertThat(view.entries()).extracting(ManyMovesView.Entry::vmName).containsExactly("web-3", "web-1", "web-2");
        assertThat(view.entries()).allMatch(entry -> entry.state() == TaskState.SUCCEEDED);
        assertThat(view.entries()).extracting(ManyMovesView.Entry::taskId).doesNotHaveDuplicates();
        assertThat(moves()).isEqualTo(3);
    }

    @Test
    void one_that_cannot_move_stops_no_other_and_the_job_tells_of_it() {
        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-2", TWO.value(), 300, 0)));

        Task job = server.finish(server.manyMoves.move(ADA, to(TWO, "web-1", "web-2", "web-3")));

        assertThat(job.state()).isEqualTo(TaskState.FAILED);
        assertThat(Objects.requireNonNull(job.summary().fault()).message())
                .contains("1 of 3")
                .contains("web-2")
                .contains("already");
        assertThat(on("web-1")).isEqualTo(TWO);
        assertThat(on("web-3")).isEqualTo(TWO);
        ManyMovesView view = ManyMovesView.of(job.summary()).orElseThrow();
        assertThat(view.entries())
                .filteredOn(entry -> !entry.moved())
                .extracting(ManyMovesView.Entry::vmName)
                .containsExactly("web-2");
    }

    @Test
    void all_that_a_host_has_leave_it_wherever_they_fit() {
        server.succeed(server.vms.create(
                ADA, new CreateRequest("off-1", "", ONE.value(), "shared1", "", ConfigWish.NOTHING, false)));

        Task job = server.succeed(
                server.manyMoves.move(ADA, new ManyMoves.Request(List.of(), ONE.value(), "", "", null, 0, 0)));

        assertThat(datacenter.snapshot().vmsOn(ONE)).isEmpty();
        ManyMovesView view = ManyMovesView.of(job.summary()).orElseThrow();
        assertThat(view.entries().getLast().vmName()).isEqualTo("off-1");
    }

    @Test
    void files_go_along_when_a_datastore_is_named() {
        server.succeed(server.manyMoves.move(
                ADA, new ManyMoves.Request(List.of("web-1", "web-2"), "", TWO.value(), "local2", null, 0, 0)));
        server.succeed(server.manyMoves.move(
                ADA, new ManyMoves.Request(List.of("web-1", "web-2"), "", "", "shared2", null, 0, 0)));

        assertThat(List.of("web-1", "web-2")).allMatch(name -> on(name).equals(TWO));
        assertThat(datacenter.snapshot().get(vm("web-1").datastoreId()).name()).isEqualTo("shared2");
    }

    @Test
    void a_cancelled_job_cancels_what_has_not_moved_and_ends_when_nothing_goes_on() {
        TaskView job = server.manyMoves.move(ADA, to(TWO, "web-1", "web-2", "web-3"));
        datacenter.loop().runUntil("moves are filed", () -> moves() == 3);

        server.tasks().cancel(job.task().id().toString());

        assertThat(server.finish(job).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(server.tasks().unfinished()).isEmpty();
        assertThat(List.of("web-1", "web-2", "web-3")).allMatch(name -> on(name).equals(ONE));
    }

    @Test
    void after_a_restart_of_the_server_nothing_is_moved_twice() {
        TaskView job = server.manyMoves.move(ADA, to(TWO, "web-1", "web-2", "web-3"));
        datacenter.loop().runUntil("moves are filed", () -> moves() == 3);
        server.close();
        server = datacenter.server();

        server.succeed(job);

        assertThat(moves()).isEqualTo(3);
        assertThat(List.of("web-1", "web-2", "web-3")).allMatch(name -> on(name).equals(TWO));
    }

    @Test
    void what_is_no_job_is_refused() {
        refused(FaultCode.REQUEST_INVALID, () -> to(TWO));
        refused(
                FaultCode.REQUEST_INVALID,
                () -> new ManyMoves.Request(List.of("web-1"), ONE.value(), "", "", null, 0, 0));
        refused(FaultCode.REQUEST_INVALID, () -> server.manyMoves.move(ADA, to(TWO, "web-1", "web-1")));
        refused(FaultCode.OBJECT_NOT_FOUND, () -> server.manyMoves.move(ADA, to(TWO, "web-9")));
        refused(
                FaultCode.REQUEST_INVALID,
                () -> server.manyMoves.move(ADA, new ManyMoves.Request(List.of(), TWO.value(), "", "", null, 0, 0)));
    }

    private static ManyMoves.Request to(HostId host, String... vms) {
        return new ManyMoves.Request(List.of(vms), "", host.value(), "", null, 0, 0);
    }

    private long moves() {
        return server.tasks().list(new TaskQuery(null, false, null, TaskQuery.LIMIT_MAX)).stream()
                .filter(view -> view.task().draft().kind().equals(LiveMigration.KIND))
                .filter(view -> view.task().draft().requestId().contains("/"))
                .count();
    }

    private HostId on(String name) {
        return vm(name).hostId();
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
