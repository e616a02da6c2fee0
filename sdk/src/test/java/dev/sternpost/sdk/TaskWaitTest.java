package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.sdk.fake.FakeFaults;
import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TaskWaitTest extends FakeServerTest {
    private static final CreateVirtualMachineRequest CREATE =
            CreateVirtualMachineRequest.newBuilder().setName("web").build();

    private Task file(SternpostSession session) {
        return session.call(
                () -> session.virtualMachines().createVirtualMachine(CREATE).getTask());
    }

    @Test
    void a_wait_ends_with_the_task_and_hears_each_step() throws Exception {
        server.datacenter().tasks().hold(true);
        try (SternpostSession session = login()) {
            Task task = file(session);
            List<Integer> heard = new CopyOnWriteArrayList<>();
            CompletableFuture<Task> wait = CompletableFuture.supplyAsync(
                    () -> session.waitForTask(task.getId(), BOUND, seen -> heard.add(seen.getProgressPercent())));
            for (int step = 1; step <= 3; step++) {
                int percent = 100 * (step - 1) / 3;
                Await.until("step " + step, BOUND, () -> heard.contains(percent));
                server.datacenter().tasks().advance(task.getId());
            }

            assertThat(wait.get(20, TimeUnit.SECONDS).getState()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(heard).containsSubsequence(0, 33, 66, 100);
        }
    }

    @Test
    void a_wait_goes_on_over_a_restart_of_the_server() throws Exception {
        server.datacenter().tasks().hold(true);
        try (SternpostSession session = login()) {
            Task task = file(session);
            AtomicInteger heard = new AtomicInteger();
            AtomicInteger interruptions = new AtomicInteger();
            TaskListener listener = new TaskListener() {
                @Override
                public void onProgress(Task seen) {
                    heard.incrementAndGet();
                }

                @Override
                public void onInterruption(SternpostException fault) {
                    interruptions.incrementAndGet();
                }
            };
            CompletableFuture<Task> wait =
                    CompletableFuture.supplyAsync(() -> session.waitForTask(task.getId(), BOUND, listener));
            Await.until("the wait to begin", BOUND, () -> heard.get() > 0);

            server.stop();
            Await.until("the break to be noticed", BOUND, () -> interruptions.get() > 0);
            server.datacenter().tasks().finish(task.getId());
            server.start();

            assertThat(wait.get(20, TimeUnit.SECONDS).getState()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        }
    }

    @Test
    void a_wait_that_is_too_short_says_the_task_goes_on() {
        server.datacenter().tasks().hold(true);
        try (SternpostSession session = login()) {
            Task task = file(session);

            TaskTimeoutException timeout = catchThrowableOfType(
                    TaskTimeoutException.class, () -> session.waitForTask(task.getId(), Duration.ofMillis(300)));

            assertThat(timeout.taskId()).isEqualTo(task.getId());
            assertThat(timeout.message()).contains("goes on");
            assertThat(timeout.lastSeen()).isNotNull();
        }
    }

    @Test
    void a_wait_for_a_server_that_never_comes_back_ends_in_time() {
        try (SternpostSession session = login()) {
            server.datacenter().tasks().hold(true);
            Task task = file(session);
            server.stop();

            assertThatThrownBy(() -> session.waitForTask(task.getId(), Duration.ofSeconds(1)))
                    .isInstanceOf(TaskTimeoutException.class)
                    .hasMessageContaining("cannot reach");
        }
    }

    @Test
    void success_that_was_required_fails_with_the_tasks_own_fault() {
        server.datacenter()
                .tasks()
                .failNext(FakeFaults.fault(
                        "DATASTORE_FULL", 250, FaultKind.FAULT_KIND_CAPACITY, "shared1 is full", "datastore-15"));
        try (SternpostSession session = login()) {
            Task task = file(session);

            assertThatThrownBy(() -> session.requireSuccess(task, BOUND))
                    .isInstanceOfSatisfying(SternpostException.class, fault -> {
                        assertThat(fault.code()).isEqualTo("DATASTORE_FULL");
                        assertThat(fault.subjectId()).isEqualTo("datastore-15");
                    });
        }
    }

    @Test
    void waiting_for_an_unknown_task_fails_at_once() {
        try (SternpostSession session = login()) {
            assertThatThrownBy(() -> session.waitForTask("task-999", BOUND))
                    .isInstanceOfSatisfying(
                            SternpostException.class,
                            fault -> assertThat(fault.code()).isEqualTo("OBJECT_NOT_FOUND"));
        }
    }
}
