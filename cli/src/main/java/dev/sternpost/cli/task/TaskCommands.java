package dev.sternpost.cli.task;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.CancelTaskRequest;
import dev.sternpost.proto.task.v1.GetTaskRequest;
import dev.sternpost.proto.task.v1.ListTasksRequest;
import dev.sternpost.proto.task.v1.ResumeTaskRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskStep;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** sternpost task ... */
public final class TaskCommands {
    private TaskCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("task", "Pieces of work: look at them, wait for them, cancel or resume them.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("wait", Wait::new)
                .with("cancel", Cancel::new)
                .with("resume", Resume::new)
                .with("watch", Watch::new);
    }

    static final class Ls extends ServerVerb {
        boolean active;

        String subject = "";

        int count = 20;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List tasks, newest first.")
                    .example("sternpost task ls")
                    .example("sternpost task ls --active")
                    .example("sternpost task ls --on web-1 -n 5")
                    .flag("--active", "Only tasks that have not ended.", () -> active = true)
                    .option("--on", "OBJECT", "Only tasks on this object (id, path or name).", text -> subject = text)
                    .option(
                            "-n",
                            "COUNT",
                            "At most this many, up to 1000. Default: 20.",
                            text -> count = Values.whole(text));
        }

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

    static final class Show extends ServerVerb {
        String id = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show a task with its steps.")
                    .example("sternpost task show task-1041")
                    .example("sternpost task show task-1041 -o json")
                    .argument("TASK", "Id of the task.", text -> id = text);
        }

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
                if (task.hasMoveJob()) {
                    shell().out().println();
                    MoveJobTable.print(shell().out(), "", task.getMoveJob());
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
                    .withAny("Waits for", TaskFollower.turn(task))
                    .withAny("Made", task.getResultId())
                    .with("Accepted", Times.format(task.getCreateTime()))
                    .with("Started", Times.format(task.getStartTime()))
                    .with("Ended", Times.format(task.getEndTime()))
                    .withAny("Took", Times.between(task.getCreateTime(), task.getEndTime()));
        }
    }

    static final class Wait extends TaskVerb {
        String id = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Wait until a task has ended. Goes on over a restart of the server.")
                    .example("sternpost task wait task-1041")
                    .example("sternpost task wait task-1041 --timeout 5m")
                    .argument("TASK", "Id of the task.", text -> id = text);
        }

        @Override
        protected Task file(SternpostSession session) {
            return get(session, id);
        }
    }

    static final class Cancel extends ServerVerb {
        String id = "";

        WaitOptions waiting = new WaitOptions();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Ask a task to stop and undo what it did. Has no effect past its point of no return.")
                    .example("sternpost task cancel task-1041")
                    .argument("TASK", "Id of the task.", text -> id = text);
            waiting.declare(syntax);
        }

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

    static final class Resume extends TaskVerb {
        String id = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Let a stuck task try again, once what stood in its way is mended.")
                    .example("sternpost task resume task-1041")
                    .argument("TASK", "Id of the task.", text -> id = text);
        }

        @Override
        protected Task file(SternpostSession session) {
            ResumeTaskRequest request =
                    ResumeTaskRequest.newBuilder().setTaskId(id).build();
            return session.call(() -> session.tasks().resumeTask(request)).getTask();
        }
    }

    static final class Watch extends ServerVerb {
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final int PAGE_SIZE = 200;

        Duration span = Duration.ofHours(24);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Print a line each time a task begins, goes on a step or ends; until Ctrl-C.")
                    .example("sternpost task watch")
                    .example("sternpost task watch --for 10m")
                    .option("--for", "TIME", "Stop after this time. Default: 24h.", text -> span = Times.parse(text));
        }

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
