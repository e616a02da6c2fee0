package dev.sternpost.db.task;

import dev.sternpost.task.TaskId;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code task_claim}. */
final class TaskClaimRows {
    private final JdbcTemplate jdbc;

    TaskClaimRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** False when another task holds the claim; waits for the end of a transaction that is just taking it. */
    boolean take(String claim, TaskId id) {
        return jdbc.update(
                        "insert into task_claim (claim, task_number) values (?, ?) on conflict (claim) do nothing",
                        claim,
                        id.number())
                == 1;
    }

    Optional<TaskId> holder(String claim) {
        return jdbc
                .query(
                        "select task_number from task_claim where claim = ?",
                        (row, index) -> new TaskId(row.getLong(1)),
                        claim)
                .stream()
                .findFirst();
    }

    /** Gives up all claims of a task. */
    void giveUp(TaskId id) {
        jdbc.update("delete from task_claim where task_number = ?", id.number());
    }
}
