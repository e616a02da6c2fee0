package dev.sternpost.db;

import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.task.Atomic;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskStoreContract;
import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.function.Supplier;
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
        Transactions transactions = TestDatabase.open(server).database().transactions();
        return new Atomic() {
            @Override
            public <T> T run(Supplier<T> work) {
                return transactions.inTransaction(work);
            }

            @Override
            public <T> T runShared(Supplier<T> work) {
                return transactions.inSharedTransaction(work);
            }
        };
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
