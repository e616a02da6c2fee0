package dev.sternpost.inventory.fault;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong.
 *
 * @param code which of the known faults it is
 * @param message for the caller: one sentence that says what happened and what to do; holds no secret
 * @param context for the operator's log only, never sent out; empty when there is nothing to add
 * @param subjectId id of the object the fault is about, null when there is none
 */
public record Fault(
        FaultCode code,
        String message,
        String context,
        @Nullable String subjectId) {
    public Fault {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(context, "context");
        if (message.isBlank()) {
            throw new IllegalArgumentException("a fault needs a message");
        }
    }

    /** A fault about nothing in particular. */
    public static Fault of(FaultCode code, String message) {
        return new Fault(code, message, "", null);
    }

    /** The same fault, about an object. */
    public Fault about(String newSubjectId) {
        return new Fault(code, message, context, newSubjectId);
    }

    /** The same fault with what the operator should know. */
    public Fault withContext(String newContext) {
        return new Fault(code, message, newContext, subjectId);
    }

    /** Whose move it is. */
    public FaultKind kind() {
        return code.kind();
    }

    /** This fault, ready to throw. */
    public FaultException exception() {
        return new FaultException(this);
    }
}
