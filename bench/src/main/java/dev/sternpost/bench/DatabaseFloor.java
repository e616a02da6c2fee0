package dev.sternpost.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The least that an operation which is told of can be: one row changed and one row added to an outbox, in one transaction that is on
 * disk when it is acknowledged. Done on the server's own database by as many sessions as there are callers.
 */
final class DatabaseFloor {
    private static final int ROWS = 4_000;
    private static final String BODY = "x".repeat(400);

    private final String url;
    private final String user;
    private final String password;

    DatabaseFloor(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** Transactions a second. */
    double run(int sessions, Duration length) throws InterruptedException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists bench_floor cascade");
            statement.execute("create schema bench_floor");
            try {
                statement.execute("create table bench_floor.thing (id int primary key, version bigint, body text)");
                statement.execute("create table bench_floor.outbox (id bigserial primary key, thing int, body text)");
                statement.execute("insert into bench_floor.thing select n, 0, '" + BODY + "' from generate_series(1, "
                        + ROWS + ") n");
                return measure(sessions, length);
            } finally {
                statement.execute("drop schema bench_floor cascade");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the server's database cannot be measured", e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    private double measure(int sessions, Duration length) throws InterruptedException {
        List<Future<Long>> done = new ArrayList<>();
        long since = System.nanoTime();
        long until = since + length.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(sessions)) {
            for (int i = 0; i < sessions; i++) {
                done.add(threads.submit(() -> session(until)));
            }
        }
        long transactions = 0;
        for (Future<Long> each : done) {
            try {
                transactions += each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the server's database cannot be measured", e);
            }
        }
        return transactions / ((System.nanoTime() - since) / 1e9);
    }

    private long session(long until) throws SQLException {
        long count = 0;
        try (Connection connection = connect();
                PreparedStatement update =
                        connection.prepareStatement("update bench_floor.thing set version = version + 1 where id = ?");
                PreparedStatement insert =
                        connection.prepareStatement("insert into bench_floor.outbox (thing, body) values (?, ?)")) {
            connection.setAutoCommit(false);
            while (System.nanoTime() < until) {
                int thing = 1 + ThreadLocalRandom.current().nextInt(ROWS);
                update.setInt(1, thing);
                update.executeUpdate();
                insert.setInt(1, thing);
                insert.setString(2, BODY);
                insert.executeUpdate();
                connection.commit();
                count++;
            }
        }
        return count;
    }
}
