package dev.sternpost.sdk;

import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.proto.type.v1.FaultKind;

/**
 * A call or a task failed. {@link #code} is the stable name in the catalogue of faults; faults that the client itself
 * finds have number 0 and are listed in {@link ClientFault}.
 */
public class SternpostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int number;
    private final FaultKind kind;
    private final String subjectId;

    /** A fault as the server described it. */
    public SternpostException(Fault fault) {
        this(fault.getCode(), fault.getNumber(), fault.getKind(), fault.getMessage(), fault.getSubjectId(), null);
    }

    SternpostException(
            String code,
            int number,
            FaultKind kind,
            String message,
            String subjectId,
            @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.number = number;
        this.kind = kind;
        this.subjectId = subjectId;
    }

    /** What any stub of this client threw, decoded. */
    public static SternpostException of(Throwable thrown) {
        return FaultDecoder.decode(thrown, "the server");
    }

    /** Stable name, such as VM_WRONG_POWER_STATE. */
    public String code() {
        return code;
    }

    /** Stable number of the code; 0 for a fault that the client found. */
    public int number() {
        return number;
    }

    /** Whose move it is. */
    public FaultKind kind() {
        return kind;
    }

    /** One sentence that says what happened and what to do. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** Id of the object the fault is about; empty when there is none. */
    public String subjectId() {
        return subjectId;
    }

    /** Whether the fault has this code. */
    public boolean is(String wanted) {
        return code.equals(wanted);
    }

    /** Whether trying again later may help: the server or something behind it was out of reach. */
    public boolean isUnreachable() {
        return kind == FaultKind.FAULT_KIND_UNREACHABLE;
    }
}
