package dev.sternpost.db;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** An open database of a server, shared by the tests of the process and emptied between them. */
final class TestDatabase {
    private static final Map<TestServer, TestDatabase> OPEN = new ConcurrentHashMap<>();

    private final DbSettings.External settings;
    private final Database database;

    private TestDatabase(TestServer server) {
        settings = server.newDatabase();
        database = Database.open(settings);
        rememberFresh();
    }

    /** The database of a server as a new installation has it; skips the test when there is no such server. */
    static TestDatabase fresh(TestServer server) {
        TestDatabase database = open(server);
        database.reset();
        return database;
    }

    /** The same as the test before has left it. */
    static TestDatabase open(TestServer server) {
        assumeTrue(server.address().isPresent(), "there is no such PostgreSQL here");
        return OPEN.computeIfAbsent(server, TestDatabase::new);
    }

    Database database() {
        return database;
    }

    /** For looking at rows past the ports. */
    JdbcTemplate jdbc() {
        return new JdbcTemplate(new DriverManagerDataSource(settings.url(), settings.user(), settings.password()));
    }

    private void rememberFresh() {
        run("create schema fresh");
        for (String table : tables()) {
            run("create table fresh." + table + " as table public." + table);
        }
    }

    /** Deletes instead of truncating: the tables are small, and a truncation waits for the disk each time. */
    private void reset() {
        StringBuilder sql = new StringBuilder("begin; set local session_replication_role = replica;");
        for (String table : tables()) {
            sql.append("delete from public.%1$s; insert into public.%1$s select * from fresh.%1$s;".formatted(table));
        }
        run(sql.append("commit").toString());
    }

    private List<String> tables() {
        return ask("select tablename from pg_tables where schemaname = 'public' and tablename not like 'flyway%'");
    }

    private void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private List<String> ask(String sql) {
        List<String> answers = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                answers.add(result.getString(1));
            }
            return answers;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
    }
}
