package dev.sternpost.server.api;

import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.MoveJob;
import dev.sternpost.proto.task.v1.TaskStep;
import dev.sternpost.server.host.HostPayload.DowntimeSource;
import dev.sternpost.server.migration.LiveMigration;
import dev.sternpost.server.migration.ManyMoves;
import dev.sternpost.server.migration.ManyMovesView;
import dev.sternpost.server.migration.MigrationView;
import dev.sternpost.server.work.Faults;
import dev.sternpost.task.StepState;
import dev.sternpost.task.StepSummary;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskSummary;
import dev.sternpost.task.TaskView;
import dev.sternpost.vmotion.phase.MigrationPhase;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tasks as messages. */
final class TaskMessages {
    private TaskMessages() {}

    static dev.sternpost.proto.task.v1.Task of(TaskView view) {
        Task task = view.task();
        TaskDraft draft = task.draft();
        TaskSummary summary = task.summary();
        var message = dev.sternpost.proto.task.v1.Task.newBuilder()
                .setId(task.id().toString())
                .setKind(draft.kind())
                .setSubjectId(draft.subjectId())
                .setSubjectName(draft.subjectName())
                .setState(state(summary.state()))
                .setProgressPercent(summary.progressPercent())
                .setCurrentStep(summary.currentStep())
                .setUserName(draft.userName())
                .setRequestId(draft.requestId())
                .setCreateTime(Times.of(task.createTime()))
                .setCancellable(summary.cancellable())
                .setResultId(summary.resultId())
                .setQueuePosition(view.queuePosition())
                .setWaitsForTaskId(view.waitsFor());
        summary.steps().forEach(step -> message.addSteps(step(step)));
        var fault = Faults.shown(summary.fault());
        if (fault != null) {
            message.setFault(FaultMessages.of(fault));
        }
        Instant startTime = summary.startTime();
        if (startTime != null) {
            message.setStartTime(Times.of(startTime));
        }
        Instant endTime = summary.endTime();
        if (endTime != null) {
            message.setEndTime(Times.of(endTime));
        }
        migration(draft, summary).ifPresent(message::setMigration);
        if (draft.kind().equals(ManyMoves.KIND)) {
            ManyMovesView.of(summary).ifPresent(moves -> message.setMoveJob(job(moves)));
        }
        return message.build();
    }

    private static MoveJob job(ManyMovesView view) {
        MoveJob.Builder job = MoveJob.newBuilder().setLeftMs(view.leftMillis());
        for (ManyMovesView.Entry entry : view.entries()) {
            TaskState state = entry.state();
            job.addEntriesBuilder()
                    .setVmId(entry.vmId())
                    .setVmName(entry.vmName())
                    .setTaskId(entry.taskId())
                    .setState(state(state == null ? TaskState.FAILED : state))
                    .setDetail(entry.detail());
        }
        return job.build();
    }

    private static Optional<MigrationProgress> migration(TaskDraft draft, TaskSummary summary) {
        if (!LiveMigration.isLive(draft.kind())) {
            return Optional.empty();
        }
        MigrationProgress.Builder message = MigrationProgress.newBuilder();
        MigrationView.of(summary).ifPresent(view -> {
            message.setSourceHostId(view.sourceHostId())
                    .setTargetHostId(view.targetHostId())
                    .setSentBytes(view.sentBytes())
                    .setDowntimeMs(view.downtimeMillis())
                    .setDowntimeSource(source(view.downtimeSource()))
                    .setTotalMs(view.totalMillis());
            view.rounds().forEach(round -> message.addRounds(round(round)));
            MigrationMessages.fill(message, view);
        });
        message.addAllPhases(phases(summary));
        return Optional.of(message.build());
    }

    /** A phase is done when its step is, or that of a later one: phases end in order. */
    private static List<dev.sternpost.proto.task.v1.MigrationPhase> phases(TaskSummary summary) {
        Set<String> done = summary.steps().stream()
                .filter(step -> step.state() == StepState.DONE)
                .map(StepSummary::name)
                .collect(Collectors.toSet());
        List<dev.sternpost.proto.task.v1.MigrationPhase> phases = new ArrayList<>();
        boolean laterDone = false;
        for (MigrationPhase phase : List.of(MigrationPhase.values()).reversed()) {
            laterDone = laterDone || done.contains(phase.step());
            phases.addFirst(dev.sternpost.proto.task.v1.MigrationPhase.newBuilder()
                    .setNumber(phase.number())
                    .setName(phase.title())
                    .setDone(laterDone)
                    .build());
        }
        return phases;
    }

    private static dev.sternpost.proto.task.v1.PrecopyRound round(PrecopyRound round) {
        return dev.sternpost.proto.task.v1.PrecopyRound.newBuilder()
                .setNumber(round.number())
                .setSentBytes(round.sentBytes())
                .setRemainingBytes(round.remainingBytes())
                .setDirtyRateBytesPerSecond(round.dirtyBytesPerSecond())
                .setDurationMs(round.durationMillis())
                .build();
    }

    private static TaskStep step(StepSummary step) {
        TaskStep.Builder message = TaskStep.newBuilder()
                .setName(step.name())
                .setState(state(step.state()))
                .setDetail(step.detail());
        Instant startTime = step.startTime();
        if (startTime != null) {
            message.setStartTime(Times.of(startTime));
        }
        Instant endTime = step.endTime();
        if (endTime != null) {
            message.setEndTime(Times.of(endTime));
        }
        return message.build();
    }

    private static dev.sternpost.proto.task.v1.DowntimeSource source(@Nullable DowntimeSource source) {
        if (source == null) {
            return dev.sternpost.proto.task.v1.DowntimeSource.DOWNTIME_SOURCE_UNSPECIFIED;
        }
        return switch (source) {
            case GUEST_TICKER -> dev.sternpost.proto.task.v1.DowntimeSource.DOWNTIME_SOURCE_GUEST_TICKER;
            case ENGINE -> dev.sternpost.proto.task.v1.DowntimeSource.DOWNTIME_SOURCE_ENGINE;
        };
    }

    private static dev.sternpost.proto.task.v1.TaskState state(TaskState state) {
        return switch (state) {
            case QUEUED -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_QUEUED;
            case RUNNING -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_RUNNING;
            case UNWINDING -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_UNWINDING;
            case STUCK -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_STUCK;
            case SUCCEEDED -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_SUCCEEDED;
            case FAILED -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_FAILED;
            case CANCELLED -> dev.sternpost.proto.task.v1.TaskState.TASK_STATE_CANCELLED;
        };
    }

    private static dev.sternpost.proto.task.v1.StepState state(StepState state) {
        return switch (state) {
            case PENDING -> dev.sternpost.proto.task.v1.StepState.STEP_STATE_PENDING;
            case RUNNING -> dev.sternpost.proto.task.v1.StepState.STEP_STATE_RUNNING;
            case DONE -> dev.sternpost.proto.task.v1.StepState.STEP_STATE_DONE;
            case FAILED -> dev.sternpost.proto.task.v1.StepState.STEP_STATE_FAILED;
            case UNDONE -> dev.sternpost.proto.task.v1.StepState.STEP_STATE_UNDONE;
        };
    }
}
