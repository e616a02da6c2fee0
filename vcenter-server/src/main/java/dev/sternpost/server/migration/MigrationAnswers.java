package dev.sternpost.server.migration;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.work.Faults;
import dev.sternpost.task.StepOutput;
import java.util.concurrent.CompletionException;

/** What the hosts of a live migration answer, as its steps need it. */
final class MigrationAnswers {
    private MigrationAnswers() {}

    /**
     * The shadow died with the guest's memory after the source had stopped: nothing can bring it back, and nothing may
     * be undone. The VM is off and belongs to the target; or that has died as a whole, and another host has started it.
     */
    static StepOutput lost(Throwable error) {
        if (is(error, FaultCode.MIGRATION_FAILED) || is(error, FaultCode.VM_RUNS_ELSEWHERE)) {
            return StepOutput.NONE.failing(Faults.recorded(((FaultException) cause(error)).fault()));
        }
        throw new CompletionException(cause(error));
    }

    static boolean is(Throwable error, FaultCode code) {
        return cause(error) instanceof FaultException fault && fault.code() == code;
    }

    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    static HostPayload.MigrationReport report(HostAnswer answer) {
        return payload(answer, HostPayload.Migration.class).report();
    }

    static <T extends HostPayload> T payload(HostAnswer answer, Class<T> type) {
        if (!type.isInstance(answer.payload())) {
            throw Fault.of(
                            FaultCode.HOST_ERROR,
                            "The agent answered with something else than was asked for; update it to the server's version.")
                    .withContext("wanted " + type.getSimpleName() + ", got " + answer.payload())
                    .exception();
        }
        return type.cast(answer.payload());
    }
}
