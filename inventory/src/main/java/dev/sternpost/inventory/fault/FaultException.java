package dev.sternpost.inventory.fault;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The one unchecked exception that carries a {@link Fault} to the edge, where it becomes an answer. */
public final class FaultException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    public FaultException(Fault fault) {
        this(fault, null);
    }

    public FaultException(Fault fault, @Nullable Throwable cause) {
        super(fault.code() + ": " + fault.message(), cause);
        this.fault = fault;
    }

    /** A fault about nothing in particular. */
    public FaultException(FaultCode code, String message) {
        this(Fault.of(code, message), null);
    }

    /** A fault about the object with an id. */
    public FaultException(FaultCode code, String subjectId, String message) {
        this(Fault.of(code, message).about(subjectId), null);
    }

    public Fault fault() {
        return fault;
    }

    public FaultCode code() {
        return fault.code();
    }
}
