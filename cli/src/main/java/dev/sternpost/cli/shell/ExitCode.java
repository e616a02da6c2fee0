package dev.sternpost.cli.shell;

import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.sdk.ClientFault;
import dev.sternpost.sdk.SternpostException;
import java.util.Set;

/** What the process ends with, by class of outcome. Documented in cli/README.md; scripts rely on the numbers. */
public enum ExitCode {
    /** It is done. */
    DONE(0),
    /** Something nobody expected, or the server or a host is out of reach. */
    UNEXPECTED(1),
    /** The command line or the request is wrong. */
    USAGE(2),
    /** The object or file does not exist. */
    NOT_FOUND(3),
    /** Not logged in, or not permitted. */
    DENIED(4),
    /** The state of an object, or too little of a resource, forbids it now. */
    CONFLICT(5),
    /** The task was accepted, and failed or was cancelled. */
    TASK_FAILED(6),
    /** It did not end in the time given. */
    TIMEOUT(7);

    private static final Set<String> MISSING = Set.of("OBJECT_NOT_FOUND", "FILE_NOT_FOUND");
    private static final Set<String> LATE =
            Set.of("OPERATION_TIMED_OUT", ClientFault.CALL_TIMED_OUT, ClientFault.TASK_NOT_ENDED);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** The process's exit status. */
    public int number() {
        return number;
    }

    /** The class a fault belongs to. */
    public static ExitCode of(SternpostException fault) {
        if (MISSING.contains(fault.code())) {
            return NOT_FOUND;
        }
        if (LATE.contains(fault.code())) {
            return TIMEOUT;
        }
        return of(fault.kind());
    }

    private static ExitCode of(FaultKind kind) {
        return switch (kind) {
            case FAULT_KIND_CALLER -> USAGE;
            case FAULT_KIND_PERMISSION -> DENIED;
            case FAULT_KIND_CONFLICT, FAULT_KIND_CAPACITY -> CONFLICT;
            case FAULT_KIND_UNREACHABLE, FAULT_KIND_INTERNAL, FAULT_KIND_UNSPECIFIED, UNRECOGNIZED -> UNEXPECTED;
        };
    }
}
