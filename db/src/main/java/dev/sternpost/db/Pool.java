package dev.sternpost.db;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** The pool of connections. */
final class Pool {
    /** Most connections; what needs more waits. */
    static final int CONNECTIONS_MAX = 12;

    private static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private Pool() {}

    /** A pool that connects when it is first asked, by which time {@link #direct} must have said where to. */
    static HikariDataSource unconnected() {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("sternpost");
        pool.setMaximumPoolSize(CONNECTIONS_MAX);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(WAIT_MAX.toMillis());
        pool.setDriverClassName("org.postgresql.Driver");
        pool.addDataSourceProperty("ApplicationName", "sternpost");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("connectTimeout", "5");
        // Nobody waits for a lock for ever, nor keeps one by forgetting to end a transaction. The database watches the
        // time: the driver
        // would do it by a timer for each statement.
        pool.addDataSourceProperty(
                "options",
                "-c lock_timeout=30s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s -c timezone=UTC");
        return pool;
    }

    static void direct(HikariDataSource pool, String url, String user, String password) {
        pool.setJdbcUrl(url);
        pool.setUsername(user);
        pool.setPassword(password);
    }
}
