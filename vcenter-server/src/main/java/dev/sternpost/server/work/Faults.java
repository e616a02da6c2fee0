package dev.sternpost.server.work;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.task.FailureReader;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.TaskFault;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the faults of the inventory and those in the log of a task. */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private Faults() {}

    /** What an exception of a step means; unexpected ones go to the operator's log with their stack. */
    public static FailureReader reader() {
        return error -> switch (error) {
            case StepFailure failure -> failure;
            case FaultException exception -> failure(exception.fault());
            default -> {
                LOG.error("a step failed unexpectedly", error);
                yield StepFailure.unknown(TaskFault.of(
                        FaultCode.INTERNAL_ERROR.name(),
                        "A step failed unexpectedly; the server's log has the cause. Try again."));
            }
        };
    }

    /** How a step fails by this fault. */
    static StepFailure failure(Fault fault) {
        TaskFault recorded = recorded(fault);
        return switch (fault.code()) {
            // the link's words for: nobody knows what became of the command
            case HOST_NOT_CONNECTED, OPERATION_TIMED_OUT, STALE_EPOCH -> StepFailure.unknown(recorded);
            case VERSION_CONFLICT, OVERLOADED, HOST_WAKING -> StepFailure.tryLater(recorded);
            default -> StepFailure.refused(recorded);
        };
    }

    /** The fault as a task keeps it. */
    public static TaskFault recorded(Fault fault) {
        String subjectId = fault.subjectId();
        return new TaskFault(fault.code().name(), fault.message(), subjectId == null ? "" : subjectId);
    }

    /** The fault of a task as callers see it; null for null. A code of a later version is shown as INTERNAL_ERROR. */
    public static @Nullable Fault shown(@Nullable TaskFault fault) {
        if (fault == null) {
            return null;
        }
        FaultCode code = FaultCode.named(fault.code()).orElse(FaultCode.INTERNAL_ERROR);
        return new Fault(code, fault.message(), "", fault.subjectId().isEmpty() ? null : fault.subjectId());
    }
}
