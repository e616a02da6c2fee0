package dev.sternpost.cli.task;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.util.Set;

/** A command that files a task, and waits for it unless told not to. */
public abstract class TaskVerb extends ServerVerb {
    private final WaitOptions waiting = new WaitOptions();

    @Override
    protected void declareShared(Syntax syntax) {
        waiting.declare(syntax);
        super.declareShared(syntax);
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        return finish(session, file(session));
    }

    /** Makes the call. */
    protected abstract Task file(SternpostSession session);

    /** What there is to say when the task has succeeded. */
    protected String success(SternpostSession session, Task task) {
        return TaskResults.sentence(task);
    }

    /** To say more of a task that has ended, however it did. */
    protected void ended(Task task) {}

    /** Steps that this call's task passes through without doing anything, and that are not shown. */
    protected Set<String> idleSteps() {
        return Set.of();
    }

    /** Waits as the options say, and prints what came of it. */
    protected final ExitCode finish(SternpostSession session, Task accepted) {
        if (!waiting.isWaiting()) {
            print(
                    "%s accepted; wait for it with: sternpost task wait %s"
                            .formatted(accepted.getId(), accepted.getId()),
                    accepted);
            return ExitCode.DONE;
        }
        Task ended = new TaskFollower(shell(), idleSteps()).follow(session, accepted, waiting.timeout());
        ended(ended);
        ExitCode outcome = TaskResults.judge(shell(), ended);
        if (!forPeople()) {
            print("", ended);
        } else if (outcome == ExitCode.DONE) {
            shell().out().println(success(session, ended));
        }
        return outcome;
    }

    /** Whether and how long to wait. */
    protected final WaitOptions waiting() {
        return waiting;
    }
}
