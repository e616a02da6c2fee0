package dev.sternpost.cli.task;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.CancelTaskRequest;
import dev.sternpost.proto.task.v1.GetTaskRequest;
import dev.sternpost.proto.task.v1.ListTasksRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskStep;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** sternpost task ... */
public final class TaskCommands {
    private TaskCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("task", "Pieces of work: look at them, wait for them, cancel them.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("wait", Wait::new)
                .with("cancel", Cancel::new)
                .with("watch", Watch::new);
    }

    @Command(
            name = "ls",
            description = "List tasks, newest first.",
            footer = {"  sternpost task ls", "  sternpost task ls --active", "  sternpost task ls --on web-1 -n 5"})
    static final class Ls extends ServerVerb {
        @Option(names = "--active", description = "Only tasks that have not ended.")
        boolean active;

        @Option(names = "--on", paramLabel = "OBJECT", description = "Only tasks on this object (id, path or name).")
        String subject = "";

        @Option(names = "-n", paramLabel = "COUNT", description = "At most this many, up to 1000. Default: 20.")
        int count = 20;

        @Override
        protected ExitCode run(SternpostSession session) {
            ListTasksRequest request = ListTasksRequest.newBuilder()
                    .setActiveOnly(active)
                    .setSubject(subject)
                    .setPageSize(count)
                    .build();
            List<Task> tasks =
                    session.call(() -> session.tasks().listTasks(request)).getTasksList();
            print(table(), tasks);
            return ExitCode.DONE;
        }

        private static Table<Task> table() {
            return new Table<Task>()
                    .column("ID", Task::getId)
                    .column("KIND", Task::getKind)
                    .column("OBJECT", Task::getSubjectName)
                    .column("STATE", task -> Words.of(task.getState()))
                    .number("DONE", task -> task.getProgressPercent() + " %")
                    .column("BY", Task::getUserName)
                    .column("ACCEPTED", task -> Times.format(task.getCreateTime()))
                    .number("TOOK", task -> Times.between(task.getCreateTime(), task.getEndTime()));
        }
    }

    @Command(
            name = "show",
            description = "Show a task with its steps.",
            footer = {"  sternpost task show task-1041", "  sternpost task show task-1041 -o json"})
    static final class Show extends ServerVerb {
        @Parameters(paramLabel = "TASK", description = "Id of the task.")
        String id;

        @Override
        protected ExitCode run(SternpostSession session) {
            Task task = get(session, id);
            print(properties(task), task);
            if (forPeople()) {
                shell().out().println();
                new Table<TaskStep>()
                        .column("STEP", TaskStep::getName)
                        .column("STATE", step -> Words.of(step.getState()))
                        .number("TOOK", step -> Times.between(step.getStartTime(), step.getEndTime()))
                        .column("DETAIL", TaskStep::getDetail)
                        .print(shell().out(), "", task.getStepsList());
                if (task.getMigration().getRoundsCount() > 0) {
                    shell().out().println();
                    MigrationReport.print(shell().out(), "", task.getMigration());
                }
            }
            return ExitCode.DONE;
        }

        private static Properties properties(Task task) {
            return new Properties()
                    .with("Id", task.getId())
                    .with("Kind", task.getKind())
                    .with("Object", "%s (%s)".formatted(task.getSubjectName(), task.getSubjectId()))
                    .with("State", "%s, %d %%".formatted(Words.of(task.getState()), task.getProgressPercent()))
                    .withAny(
                            "Fault",
                            task.hasFault()
                                    ? "%s (%s, %d)"
                                            .formatted(
                                                    task.getFault().getMessage(),
                                                    task.getFault().getCode(),
                                                    task.getFault().getNumber())
                                    : "")
                    .with("By", task.getUserName())
                    .withAny("Made", task.getResultId())
                    .with("Accepted", Times.format(task.getCreateTime()))
                    .with("Started", Times.format(task.getStartTime()))
                    .with("Ended", Times.format(task.getEndTime()))
                    .withAny("Took", Times.between(task.getCreateTime(), task.getEndTime()));
        }
    }

    @Command(
            name = "wait",
            description = "Wait until a task has ended. Goes on over a restart of the server.",
            footer = {"  sternpost task wait task-1041", "  sternpost task wait task-1041 --timeout 5m"})
    static final class Wait extends TaskVerb {
        @Parameters(paramLabel = "TASK", description = "Id of the task.")
        String id;

        @Override
        protected Task file(SternpostSession session) {
            return get(session, id);
        }
    }

    @Command(
            name = "cancel",
            description = "Ask a task to stop and undo what it did. Has no effect past its point of no return.",
            footer = {"  sternpost task cancel task-1041"})
    static final class Cancel extends ServerVerb {
        @Parameters(paramLabel = "TASK", description = "Id of the task.")
        String id;

        @Mixin
        WaitOptions waiting = new WaitOptions();

        @Override
        protected ExitCode run(SternpostSession session) {
            CancelTaskRequest request =
                    CancelTaskRequest.newBuilder().setTaskId(id).build();
            Task task = session.call(() -> session.tasks().cancelTask(request)).getTask();
            if (waiting.isWaiting()) {
                task = new TaskFollower(shell()).follow(session, task, waiting.timeout());
            }
            print(TaskResults.sentence(task), task);
            // Asked to cancel, and it ended otherwise: that is no success.
            return switch (task.getState()) {
                case TASK_STATE_CANCELLED, TASK_STATE_UNWINDING, TASK_STATE_QUEUED, TASK_STATE_RUNNING -> ExitCode.DONE;
                case TASK_STATE_SUCCEEDED -> ExitCode.CONFLICT;
                case TASK_STATE_FAILED, TASK_STATE_STUCK, TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> ExitCode.TASK_FAILED;
            };
        }
    }

    @Command(
            name = "watch",
            description = "Print a line each time a task begins, goes on a step or ends; until Ctrl-C.",
            footer = {"  sternpost task watch", "  sternpost task watch --for 10m"})
    static final class Watch extends ServerVerb {
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final int PAGE_SIZE = 200;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                converter = WaitOptions.DurationConverter.class,
                description = "Stop after this time. Default: 24h.")
        Duration span = Duration.ofHours(24);

        @Override
        protected ExitCode run(SternpostSession session) throws InterruptedException {
            long end = System.nanoTime() + span.toNanos();
            Map<String, String> shown = new HashMap<>();
            ListTasksRequest request =
                    ListTasksRequest.newBuilder().setPageSize(PAGE_SIZE).build();
            boolean first = true;
            do {
                Map<String, String> seen = new HashMap<>();
                List<Task> page =
                        session.call(() -> session.tasks().listTasks(request)).getTasksList();
                for (Task task : page.reversed()) {
                    String line = TaskResults.sentence(task)
                            + (task.getCurrentStep().isEmpty() ? "" : ", " + task.getCurrentStep());
                    seen.put(task.getId(), line);
                    boolean old = first && TaskResults.isOver(task.getState());
                    if (!line.equals(shown.get(task.getId())) && !old) {
                        print(Table.cell(line), task);
                    }
                }
                shown = seen;
                first = false;
                Thread.sleep(PAUSE);
            } while (System.nanoTime() < end);
            return ExitCode.DONE;
        }
    }

    private static Task get(SternpostSession session, String id) {
        GetTaskRequest request = GetTaskRequest.newBuilder().setTaskId(id).build();
        return session.call(() -> session.tasks().getTask(request)).getTask();
    }
}
