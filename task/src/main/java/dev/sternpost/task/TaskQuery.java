package dev.sternpost.task;

import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list, newest first.
 *
 * @param subjectId only tasks on this object; null for all
 * @param activeOnly only tasks that have not ended
 * @param before only tasks with a lower number; null begins with the newest
 * @param limit 1 to {@value #LIMIT_MAX}
 */
public record TaskQuery(
        @Nullable String subjectId,
        boolean activeOnly,
        @Nullable TaskId before,
        int limit) {
    /** Most tasks of one page. */
    public static final int LIMIT_MAX = 1000;

    public TaskQuery {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new IllegalArgumentException("limit " + limit + " is not in 1.." + LIMIT_MAX);
        }
    }
}
