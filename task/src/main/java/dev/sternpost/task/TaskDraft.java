package dev.sternpost.task;

import java.util.Objects;
import java.util.Set;

/**
 * A task that is asked for.
 *
 * @param kind names the workflow, such as {@code VirtualMachine.migrate}
 * @param subjectId the object it works on; tasks on one subject run one after the other
 * @param subjectName name of that object now
 * @param userName who asks
 * @param requestId the caller's idempotency key; empty when there is none
 * @param requestDigest the same for the same request body; compared when a request id comes again
 * @param input what the steps need to know, as the workflow wants it (JSON by convention)
 * @param claims keys no two unfinished tasks may hold at the same time, such as {@code name:group-v3/app-1}; held from
 *     acceptance to the end
 */
public record TaskDraft(
        String kind,
        String subjectId,
        String subjectName,
        String userName,
        String requestId,
        String requestDigest,
        String input,
        Set<String> claims) {
    /** Longest request id. */
    public static final int REQUEST_ID_LENGTH_MAX = 128;

    /** Most claims of one task. */
    public static final int CLAIMS_MAX = 16;

    public TaskDraft {
        if (kind.isBlank() || subjectId.isBlank()) {
            throw new IllegalArgumentException("a task needs a kind and a subject");
        }
        Objects.requireNonNull(subjectName);
        Objects.requireNonNull(userName);
        if (requestId.length() > REQUEST_ID_LENGTH_MAX) {
            throw new IllegalArgumentException("request id longer than " + REQUEST_ID_LENGTH_MAX);
        }
        Objects.requireNonNull(requestDigest);
        Objects.requireNonNull(input);
        claims = Set.copyOf(claims);
        if (claims.size() > CLAIMS_MAX) {
            throw new IllegalArgumentException("more than " + CLAIMS_MAX + " claims");
        }
    }
}
