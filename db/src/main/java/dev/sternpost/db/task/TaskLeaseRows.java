package dev.sternpost.db.task;

import dev.sternpost.task.RunnerLease;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code task_lease}; what counts is {@code clock_timestamp()}, which moves on within a transaction. */
final class TaskLeaseRows {
    private final JdbcTemplate jdbc;

    TaskLeaseRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    RunnerLease acquire(String runner, Duration duration) {
        return jdbc.query("""
                        insert into task_lease as held (runner, term, expire_time)
                        values (?, 1, clock_timestamp() + ? * interval '1 microsecond')
                        on conflict (runner) do update
                        set term = held.term + 1, expire_time = excluded.expire_time
                        returning runner, term, expire_time""", (row, index) -> lease(row), runner, micros(duration))
                .getFirst();
    }

    /** Empty when the lease has run out or another term is current. */
    Optional<RunnerLease> renew(RunnerLease lease, Duration duration) {
        return jdbc.query("""
                        update task_lease
                        set expire_time = clock_timestamp() + ? * interval '1 microsecond'
                        where runner = ? and term = ? and expire_time > clock_timestamp()
                        returning runner, term, expire_time""", (row, index) -> lease(row), micros(duration), lease.runner(), lease.term()).stream()
                .findFirst();
    }

    boolean isCurrent(RunnerLease lease) {
        return exists("runner = ? and term = ? and expire_time > clock_timestamp()", lease.runner(), lease.term());
    }

    private boolean exists(String where, Object... parameters) {
        return !jdbc.query("select 1 from task_lease where " + where, (row, index) -> 1, parameters)
                .isEmpty();
    }

    List<RunnerLease> current() {
        return jdbc.query(
                "select runner, term, expire_time from task_lease where expire_time > clock_timestamp() order by runner",
                (row, index) -> lease(row));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private static RunnerLease lease(ResultSet row) throws SQLException {
        return new RunnerLease(
                row.getString("runner"),
                row.getLong("term"),
                row.getObject("expire_time", OffsetDateTime.class).toInstant());
    }
}
