package dev.sternpost.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskRunner;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With real threads and real time. */
class TasksTest {
    private static final Caller ADA = Caller.named("ada");

    private final InMemoryTaskStore store = new InMemoryTaskStore(InstantSource.system());
    private final TaskBoard board = new TaskBoard();
    private final TaskLoop loop = new TaskLoop();
    private final CompletableFuture<StepOutput> answer = new CompletableFuture<>();
    private final AtomicBoolean inTheWay = new AtomicBoolean(true);
    private final TaskRunner runner = new TaskRunner(
            TaskRunner.Settings.of("server"),
            store,
            store,
            List.of(
                    new Workflow("Test.far", Step.remote("order", context -> answer)),
                    new Workflow(
                            "Test.stuck",
                            Step.local("make", context -> StepOutput.NONE).withLocalUndo(context -> unmake()),
                            Step.remote("order", context -> answer))),
            Faults.reader(),
            board,
            loop.surroundings());
    private final Tasks tasks = new Tasks(store, runner, board);

    @BeforeEach
    void run() {
        loop.run(runner);
    }

    @AfterEach
    void close() {
        runner.close();
        loop.close();
    }

    private String submit() {
        return submit("Test.far");
    }

    private String submit(String kind) {
        TaskView view = tasks.submit(Submission.of(kind, "vm-1", "web-1", "input"), ADA, "request");
        return view.task().id().toString();
    }

    private StepOutput unmake() {
        if (inTheWay.get()) {
            throw new FaultException(FaultCode.DATASTORE_INACCESSIBLE, "the datastore is away");
        }
        return StepOutput.NONE;
    }

    @Test
    void a_wait_returns_when_the_task_ends() throws Exception {
        String id = submit();
        CompletableFuture<TaskState> waited = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                waited.complete(tasks.await(id, Duration.ofSeconds(30)).task().state());
            } catch (InterruptedException e) {
                waited.completeExceptionally(e);
            }
        });
        answer.complete(StepOutput.NONE);
        Await.until("the wait returns", Duration.ofSeconds(30), waited::isDone);
        assertThat(waited.join()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(tasks.await(id, Duration.ofSeconds(30)).task().state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_wait_returns_when_the_time_is_up() throws Exception {
        assertThat(tasks.await(submit(), Duration.ofMillis(10)).task().state().isEnd())
                .isFalse();
    }

    @Test
    void a_watcher_sees_the_task_as_it_is_and_each_change_until_its_end() throws Exception {
        String id = submit();
        List<TaskState> seen = new CopyOnWriteArrayList<>();
        try (TaskBoard.Subscription watching =
                tasks.watch(id, view -> seen.add(view.task().state()))) {
            assertThat(seen).isNotEmpty();
            answer.complete(StepOutput.NONE);
            Await.until("the end is seen", Duration.ofSeconds(30), () -> seen.contains(TaskState.SUCCEEDED));
        }
    }

    @Test
    void an_ended_task_cannot_be_cancelled() throws Exception {
        String id = submit();
        answer.complete(StepOutput.NONE);
        tasks.await(id, Duration.ofSeconds(30));
        assertThatThrownBy(() -> tasks.cancel(id))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.TASK_NOT_CANCELLABLE));
    }

    @Test
    void a_running_task_can() throws Exception {
        String id = submit();
        tasks.cancel(id);
        assertThat(tasks.await(id, Duration.ofSeconds(30)).task().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void only_a_stuck_task_can_be_resumed_and_then_goes_on_where_it_was() throws Exception {
        String id = submit("Test.stuck");
        refusedToResume(id);
        answer.completeExceptionally(new FaultException(FaultCode.HOST_ERROR, "no"));
        Await.until(
                "the task is stuck",
                Duration.ofSeconds(60),
                () -> tasks.get(id).task().state() == TaskState.STUCK);

        inTheWay.set(false);
        assertThat(tasks.resume(id).task().state()).isNotEqualTo(TaskState.STUCK);
        assertThat(tasks.await(id, Duration.ofSeconds(60)).task().state()).isEqualTo(TaskState.FAILED);
        refusedToResume(id);
    }

    private void refusedToResume(String id) {
        assertThatThrownBy(() -> tasks.resume(id))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.TASK_NOT_STUCK));
    }

    @Test
    void an_unknown_task_is_not_found() {
        for (String id : List.of("task-999", "vm-1", "")) {
            assertThatThrownBy(() -> tasks.get(id))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.OBJECT_NOT_FOUND));
        }
    }

    @Test
    void a_list_shows_what_runs_and_what_waits() {
        String first = submit();
        String second = submit();
        List<TaskView> views = tasks.list(new TaskQuery("vm-1", true, null, 10));
        assertThat(views).extracting(view -> view.task().id().toString()).containsExactly(second, first);
        assertThat(views.getFirst().waitsFor()).isEqualTo(first);
        assertThat(tasks.isBusy("vm-1")).isTrue();
        assertThat(tasks.isBusy("vm-2")).isFalse();
    }
}
