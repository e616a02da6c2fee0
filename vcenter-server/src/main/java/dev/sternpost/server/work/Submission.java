package dev.sternpost.server.work;

import dev.sternpost.task.TaskDraft;
import java.util.Set;

/**
 * A task that is ready to be filed.
 *
 * @param subjectId the object it works on; tasks on one object run one after the other
 * @param input what its workflow is given
 * @param claims see {@link TaskDraft#claims()}
 */
public record Submission(String kind, String subjectId, String subjectName, Object input, Set<String> claims) {
    public Submission {
        claims = Set.copyOf(claims);
    }

    public static Submission of(String kind, String subjectId, String subjectName, Object input) {
        return new Submission(kind, subjectId, subjectName, input, Set.of());
    }

    public Submission claiming(String... newClaims) {
        return new Submission(kind, subjectId, subjectName, input, Set.of(newClaims));
    }

    TaskDraft draft(Caller caller, Object request) {
        return new TaskDraft(
                kind,
                subjectId,
                subjectName,
                caller.userName(),
                caller.requestId(),
                caller.requestId().isEmpty() ? "" : Tasks.digest(request),
                Json.write(input),
                claims);
    }
}
