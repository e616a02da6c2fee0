package dev.sternpost.db;

import dev.sternpost.task.Atomic;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskStoreContract;
import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/** The contract of the port on a real server. */
abstract class PgTaskStoreContract extends TaskStoreContract {
    private final TestServer server;

    PgTaskStoreContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected TaskStore emptyStore() {
        return TestDatabase.fresh(server).database().taskStore();
    }

    @Override
    protected Atomic atomic() {
        return TestDatabase.open(server).database().transactions()::inTransaction;
    }

    @Override
    protected void passTime(Duration duration) {
        JdbcTemplate jdbc = TestDatabase.open(server).jdbc();
        OffsetDateTime end = clock(jdbc).plus(duration);
        Await.until(
                "the database's clock to move on",
                Duration.ofSeconds(30),
                () -> clock(jdbc).isAfter(end));
    }

    private static OffsetDateTime clock(JdbcTemplate jdbc) {
        return Objects.requireNonNull(jdbc.queryForObject("select clock_timestamp()", OffsetDateTime.class));
    }
}
