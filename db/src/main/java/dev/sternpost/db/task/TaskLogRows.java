package dev.sternpost.db.task;

import dev.sternpost.db.json.Json;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code task_log}. */
final class TaskLogRows {
    private static final String COLUMNS =
            "task_number, index, time, kind, step, output, detail, result_id, answered, fault";

    private final JdbcTemplate jdbc;

    TaskLogRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<LogRecord> find(TaskId id) {
        return jdbc.query(
                "select " + COLUMNS + " from task_log where task_number = ? order by index",
                (row, index) -> record(row),
                id.number());
    }

    private static LogRecord record(ResultSet row) throws SQLException {
        String fault = row.getString("fault");
        return new LogRecord(
                row.getObject("time", OffsetDateTime.class).toInstant(),
                LogKind.valueOf(row.getString("kind")),
                row.getString("step"),
                row.getString("output"),
                row.getString("detail"),
                row.getString("result_id"),
                row.getBoolean("answered"),
                fault == null ? null : Json.read(fault, TaskFault.class));
    }
}
