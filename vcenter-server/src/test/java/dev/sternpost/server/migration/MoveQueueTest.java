package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.HostId;
import dev.sternpost.server.placement.PromisesUnderWay;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.CostQueue;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.kit.KitLoop;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three hosts, each of which bears two live migrations at once. */
class MoveQueueTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final HostId TWO = SimulatedDatacenter.TWO;
    private static final HostId THREE = SimulatedDatacenter.THREE;

    private final KitLoop loop = new KitLoop();
    private final InMemoryTaskStore tasks = new InMemoryTaskStore(loop);
    private final SimulatedDatacenter datacenter = new SimulatedDatacenter(loop, tasks);
    private final SimulatedDatacenter.Server server = datacenter.server();

    @BeforeEach
    void fourVmsRunOnHostOne() {
        for (int i = 1; i <= 4; i++) {
            server.succeed(server.vms.create(
                    ADA, new CreateRequest("web-" + i, "", ONE.value(), "", "", ConfigWish.NOTHING, true)));
        }
    }

    private TaskView move(String vm, HostId target) {
        return server.migrations.migrate(ADA, new MigrationRequest(vm, target.value(), 0, 0));
    }

    private TaskView now(TaskView view) {
        return server.tasks().get(view.task().id());
    }

    private String step(TaskView view) {
        return now(view).task().summary().currentStep();
    }

    private String words(TaskView view) {
        return now(view).task().summary().steps().getFirst().detail();
    }

    private void copies(TaskView view) {
        loop.runUntil(view.task().id() + " copies", () -> step(view).equals("await-convergence"));
    }

    @Test
    void a_third_move_from_a_host_waits_and_says_what_for_and_goes_when_one_has_ended() {
        TaskView first = move("web-1", TWO);
        TaskView second = move("web-2", THREE);
        copies(first);
        copies(second);
        TaskView third = move("web-3", TWO);
        TaskView fourth = move("web-4", TWO);
        loop.runUntil(
                "both wait",
                () -> step(third).equals(MoveQueue.STEP) && step(fourth).equals(MoveQueue.STEP));
        assertThat(words(third)).isEqualTo("waits: 2 of 2 live migrations come to or leave h1");
        assertThat(words(fourth)).isEqualTo("waits: 2 of 2 live migrations come to or leave h1, and 1 came first");
        server.succeed(first);
        copies(third);
        server.succeed(fourth);
        server.succeed(third);
        assertThat(datacenter.snapshot().vmsOn(ONE)).isEmpty();
    }

    @Test
    void one_that_waits_can_be_cancelled_and_lets_the_next_one_by() {
        TaskView first = move("web-1", TWO);
        move("web-2", TWO);
        TaskView third = move("web-3", TWO);
        TaskView fourth = move("web-4", THREE);
        loop.runUntil("it waits", () -> step(third).equals(MoveQueue.STEP));
        server.tasks().cancel(third.task().id().toString());
        server.succeed(first);
        server.succeed(fourth);
        assertThat(now(third).task().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void a_server_that_is_started_again_knows_who_had_a_turn() {
        TaskView first = move("web-1", TWO);
        TaskView second = move("web-2", TWO);
        copies(first);
        copies(second);
        TaskView third = move("web-3", TWO);
        loop.runUntil("it waits", () -> step(third).equals(MoveQueue.STEP));
        server.close();

        TaskBoard board = new TaskBoard();
        CostQueue again = new CostQueue(new CostQueue.Limits(2, 8, 128), board);
        new PromisesUnderWay(
                        tasks,
                        datacenter.inventory(),
                        new Reservations(board),
                        List.of(),
                        new MoveQueue(datacenter.inventory(), again)::renew)
                .renew();
        Task waits = tasks.find(third.task().id()).orElseThrow();
        Optional<CostQueue.Wait> wait =
                again.enter(waits, List.of(new CostQueue.Use(CostQueue.Kind.LINK, ONE.value(), 1)));
        assertThat(wait).hasValueSatisfying(words -> assertThat(words.used()).isEqualTo(2));
    }
}
