package dev.sternpost.server.work;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.task.TaskDraft;

/**
 * Who asks, and under which idempotency key.
 *
 * @param requestId empty when the caller gave none
 */
public record Caller(String userName, String requestId) {
    /** What the server does by itself. */
    public static final Caller SYSTEM = new Caller("system", "");

    public Caller {
        if (userName.isBlank()) {
            throw new IllegalArgumentException("a caller has a name");
        }
        if (requestId.length() > TaskDraft.REQUEST_ID_LENGTH_MAX) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "request_id is longer than " + TaskDraft.REQUEST_ID_LENGTH_MAX + " characters. Shorten it.");
        }
    }

    /** A caller without an idempotency key. */
    public static Caller named(String userName) {
        return new Caller(userName, "");
    }
}
