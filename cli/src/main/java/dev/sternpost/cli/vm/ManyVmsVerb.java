package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.util.ArrayList;
import java.util.List;

/** Does the same to several VMs: all tasks are filed first and run side by side, then each is waited for. */
abstract class ManyVmsVerb extends TaskVerb {
    List<String> vms = new ArrayList<>();

    @Override
    protected void declareShared(Syntax syntax) {
        syntax.arguments("VM", "Name, path, id or UUID; several are done side by side.", vms::add);
        super.declareShared(syntax);
    }

    @Override
    protected final ExitCode run(SternpostSession session) {
        List<Task> filed = new ArrayList<>();
        for (String vm : vms) {
            filed.add(file(session, vm));
        }
        ExitCode worst = ExitCode.DONE;
        for (Task task : filed) {
            ExitCode outcome = finish(session, task);
            worst = worst == ExitCode.DONE ? outcome : worst;
        }
        return worst;
    }

    @Override
    protected final Task file(SternpostSession session) {
        return file(session, vms.getFirst());
    }

    /** Makes the call for one. */
    abstract Task file(SternpostSession session, String vm);
}
