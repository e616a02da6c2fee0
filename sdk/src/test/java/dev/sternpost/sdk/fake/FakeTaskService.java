package dev.sternpost.sdk.fake;

import dev.sternpost.proto.task.v1.CancelTaskRequest;
import dev.sternpost.proto.task.v1.CancelTaskResponse;
import dev.sternpost.proto.task.v1.GetTaskRequest;
import dev.sternpost.proto.task.v1.GetTaskResponse;
import dev.sternpost.proto.task.v1.ListTasksRequest;
import dev.sternpost.proto.task.v1.ListTasksResponse;
import dev.sternpost.proto.task.v1.ResumeTaskRequest;
import dev.sternpost.proto.task.v1.ResumeTaskResponse;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskServiceGrpc.TaskServiceImplBase;
import dev.sternpost.proto.task.v1.WatchTaskRequest;
import dev.sternpost.proto.task.v1.WatchTaskResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class FakeTaskService extends TaskServiceImplBase {
    private final FakeDatacenter datacenter;

    FakeTaskService(FakeDatacenter datacenter) {
        this.datacenter = datacenter;
    }

    @Override
    public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> answer) {
        FakeReply.send(
                answer,
                () -> GetTaskResponse.newBuilder()
                        .setTask(datacenter.tasks().get(request.getTaskId()))
                        .build());
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> answer) {
        FakeReply.send(answer, () -> {
            List<Task> wanted = datacenter.tasks().all().reversed().stream()
                    .filter(task -> !request.getActiveOnly() || !task.hasEndTime())
                    .filter(task -> request.getSubject().isEmpty()
                            || task.getSubjectId()
                                    .equals(datacenter
                                            .resolve(request.getSubject())
                                            .getId()))
                    .limit(request.getPageSize() == 0 ? 50 : request.getPageSize())
                    .toList();
            return ListTasksResponse.newBuilder().addAllTasks(wanted).build();
        });
    }

    @Override
    public void cancelTask(CancelTaskRequest request, StreamObserver<CancelTaskResponse> answer) {
        FakeReply.send(
                answer,
                () -> CancelTaskResponse.newBuilder()
                        .setTask(datacenter.tasks().cancel(request.getTaskId()))
                        .build());
    }

    @Override
    public void resumeTask(ResumeTaskRequest request, StreamObserver<ResumeTaskResponse> answer) {
        FakeReply.send(
                answer,
                () -> ResumeTaskResponse.newBuilder()
                        .setTask(datacenter.tasks().resume(request.getTaskId()))
                        .build());
    }

    @Override
    public void watchTask(WatchTaskRequest request, StreamObserver<WatchTaskResponse> answer) {
        ServerCallStreamObserver<WatchTaskResponse> call = (ServerCallStreamObserver<WatchTaskResponse>) answer;
        @Nullable Task sent = null;
        try {
            while (!call.isCancelled()) {
                Task task = datacenter.tasks().get(request.getTaskId());
                if (!task.equals(sent)) {
                    answer.onNext(WatchTaskResponse.newBuilder().setTask(task).build());
                    sent = task;
                }
                if (task.hasEndTime()) {
                    answer.onCompleted();
                    return;
                }
                datacenter.awaitChange();
            }
        } catch (StatusRuntimeException e) {
            answer.onError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
