package dev.sternpost.server.api;

import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.task.v1.CancelTaskRequest;
import dev.sternpost.proto.task.v1.CancelTaskResponse;
import dev.sternpost.proto.task.v1.GetTaskRequest;
import dev.sternpost.proto.task.v1.GetTaskResponse;
import dev.sternpost.proto.task.v1.ListTasksRequest;
import dev.sternpost.proto.task.v1.ListTasksResponse;
import dev.sternpost.proto.task.v1.ResumeTaskRequest;
import dev.sternpost.proto.task.v1.ResumeTaskResponse;
import dev.sternpost.proto.task.v1.TaskServiceGrpc;
import dev.sternpost.proto.task.v1.WaitTaskRequest;
import dev.sternpost.proto.task.v1.WaitTaskResponse;
import dev.sternpost.proto.task.v1.WatchTaskRequest;
import dev.sternpost.proto.task.v1.WatchTaskResponse;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskView;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks: look, wait, cancel, resume. */
final class TaskEndpoint extends TaskServiceGrpc.TaskServiceImplBase {
    private static final int PAGE_SIZE_DEFAULT = 50;
    private static final Duration WAIT_DEFAULT = Duration.ofSeconds(30);
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private final Tasks tasks;
    private final Inventory inventory;
    private final ServerStream.Surroundings streams;

    TaskEndpoint(Tasks tasks, Inventory inventory, ServerStream.Surroundings streams) {
        this.tasks = tasks;
        this.inventory = inventory;
        this.streams = streams;
    }

    @Override
    public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> answer) {
        TaskView task = tasks.get(request.getTaskId());
        Answers.one(
                answer,
                GetTaskResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> answer) {
        String list = "ListTasks " + request.getSubject() + " " + request.getActiveOnly();
        int size = PageToken.size(request.getPageSize(), PAGE_SIZE_DEFAULT);
        TaskId before = before(PageToken.position(list, request.getPageToken()));
        List<TaskView> page =
                tasks.list(new TaskQuery(subject(request.getSubject()), request.getActiveOnly(), before, size));
        ListTasksResponse.Builder response = ListTasksResponse.newBuilder();
        page.forEach(task -> response.addTasks(TaskMessages.of(task)));
        if (page.size() == size && page.getLast().task().id().number() > 1) {
            response.setNextPageToken(
                    PageToken.of(list, page.getLast().task().id().toString()));
        }
        Answers.one(answer, response.build());
    }

    private static @Nullable TaskId before(String position) {
        try {
            return position.isEmpty() ? null : TaskId.parse(position);
        } catch (IllegalArgumentException e) {
            throw PageToken.invalid();
        }
    }

    /** An id is taken as it is: tasks outlive their objects. */
    private @Nullable String subject(String reference) {
        if (reference.isEmpty()) {
            return null;
        }
        return ManagedObjectId.tryParse(reference)
                .orElseGet(() -> inventory.snapshot().resolve(reference).id())
                .value();
    }

    @Override
    public void waitTask(WaitTaskRequest request, StreamObserver<WaitTaskResponse> answer) {
        if (request.getTimeoutMs() < 0) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "timeout_ms must not be negative.");
        }
        Duration timeout = request.getTimeoutMs() == 0
                ? WAIT_DEFAULT
                : Duration.ofMillis(Math.min(request.getTimeoutMs(), WAIT_MAX.toMillis()));
        TaskView task = Waiting.uninterrupted(() -> tasks.await(request.getTaskId(), timeout));
        Answers.one(
                answer,
                WaitTaskResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void watchTask(WatchTaskRequest request, StreamObserver<WatchTaskResponse> answer) {
        // Asked once here, so that an unknown task is a fault of the call and not of the stream.
        tasks.get(request.getTaskId());
        ServerStream.start(answer, streams, stream -> watch(request.getTaskId(), stream));
    }

    /** Only the newest state waits for a slow client: those in between it never needed. */
    private void watch(String id, ServerStream<WatchTaskResponse> stream) throws InterruptedException {
        Latest<TaskView> latest = new Latest<>();
        try (TaskBoard.Subscription watching = tasks.watch(id, latest::put)) {
            boolean ended = false;
            while (!ended) {
                stream.look();
                TaskView task = latest.take(ServerStream.LOOK);
                if (task != null) {
                    stream.send(WatchTaskResponse.newBuilder()
                            .setTask(TaskMessages.of(task))
                            .build());
                    ended = task.task().state().isEnd();
                }
            }
        }
    }

    @Override
    public void cancelTask(CancelTaskRequest request, StreamObserver<CancelTaskResponse> answer) {
        TaskView task = tasks.cancel(request.getTaskId());
        Answers.one(
                answer,
                CancelTaskResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void resumeTask(ResumeTaskRequest request, StreamObserver<ResumeTaskResponse> answer) {
        TaskView task = tasks.resume(request.getTaskId());
        Answers.one(
                answer,
                ResumeTaskResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }
}
