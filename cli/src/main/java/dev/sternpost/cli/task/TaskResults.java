package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskState;

/** What an ended task comes to. */
public final class TaskResults {
    private TaskResults() {}

    /** "migrate" of "VirtualMachine.migrate". */
    public static String verb(Task task) {
        return task.getKind().substring(task.getKind().indexOf('.') + 1);
    }

    /** Whether nothing more happens by itself. */
    public static boolean isOver(TaskState state) {
        return switch (state) {
            case TASK_STATE_SUCCEEDED, TASK_STATE_FAILED, TASK_STATE_CANCELLED, TASK_STATE_STUCK -> true;
            case TASK_STATE_UNSPECIFIED, TASK_STATE_QUEUED, TASK_STATE_RUNNING, TASK_STATE_UNWINDING, UNRECOGNIZED ->
                false;
        };
    }

    /** "task-12: migrate web-1 succeeded in 1.4 s". */
    public static String sentence(Task task) {
        String time = Times.between(task.getCreateTime(), task.getEndTime());
        return "%s: %s %s %s%s"
                .formatted(
                        task.getId(),
                        verb(task),
                        task.getSubjectName(),
                        word(task.getState()),
                        time.isEmpty() ? "" : " in " + time);
    }

    private static String word(TaskState state) {
        return switch (state) {
            case TASK_STATE_SUCCEEDED -> "succeeded";
            case TASK_STATE_FAILED -> "failed";
            case TASK_STATE_CANCELLED -> "was cancelled";
            case TASK_STATE_STUCK -> "is stuck";
            case TASK_STATE_QUEUED -> "is queued";
            case TASK_STATE_RUNNING -> "is running";
            case TASK_STATE_UNWINDING -> "is being undone";
            case TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> "is in an unknown state";
        };
    }

    /** DONE when the task succeeded; else says on standard error how it ended. */
    public static ExitCode judge(Shell shell, Task task) {
        if (task.getState() == TaskState.TASK_STATE_SUCCEEDED) {
            return ExitCode.DONE;
        }
        shell.err().println("error: " + complaint(task));
        return ExitCode.TASK_FAILED;
    }

    private static String complaint(Task task) {
        String fault = task.hasFault()
                ? ": %s (%s, %d)"
                        .formatted(
                                task.getFault().getMessage(),
                                task.getFault().getCode(),
                                task.getFault().getNumber())
                : "";
        String advice = task.getState() == TaskState.TASK_STATE_STUCK
                ? "; what it had begun could not be undone, look at: sternpost task show " + task.getId()
                : "";
        return sentence(task) + fault + advice;
    }

    /** Ends the command when the task did not succeed. */
    public static Task mustSucceed(Task task) {
        if (task.getState() != TaskState.TASK_STATE_SUCCEEDED) {
            throw new CommandFailure(ExitCode.TASK_FAILED, complaint(task));
        }
        return task;
    }
}
