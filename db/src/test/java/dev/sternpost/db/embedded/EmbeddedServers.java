package dev.sternpost.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Starts real servers; every one of them is gone at the end of its test. */
abstract class EmbeddedServers {
    static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path shared;

    @TempDir
    Path temporary;

    final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void prepare(TestInfo test) throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (!test.getTags().contains("initialises")) {
            initialise();
        }
    }

    @AfterEach
    void stopAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        if (Files.isDirectory(data())) {
            Await.untilPasses(
                    "no server is left",
                    SOON,
                    () -> assertThat(Postmaster.processesIn(data())).isEmpty());
        }
    }

    Path directory() {
        return temporary.resolve("pg");
    }

    /** Puts a database there that was made once for all tests, so that each need not make its own. */
    void initialise() throws Exception {
        Path original = shared.resolve("pg");
        if (!Files.exists(original)) {
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
            PgSupervisor.start(settings(original, freePort())).close();
        }
        int status = new ProcessBuilder(
                        "cp", "-a", original.toString(), directory().toString())
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    Path data() {
        return directory().resolve("data");
    }

    static PgBinaries binaries() throws IOException {
        return new PgBinaries(TestBinaries.home());
    }

    static PgSettings settings(Path directory, int port) throws IOException {
        return new PgSettings(
                directory, port, Optional.empty(), Optional.of(binaries().home()));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    PgSupervisor start() throws IOException {
        PgSupervisor supervisor = PgSupervisor.start(settings(directory(), freePort()));
        open.add(supervisor);
        return supervisor;
    }

    static Connection connect(PgSupervisor supervisor) throws SQLException {
        return DriverManager.getConnection(supervisor.jdbcUrl(), supervisor.userName(), supervisor.password());
    }

    static String ask(PgSupervisor supervisor, String sql) throws SQLException {
        try (Connection connection = connect(supervisor);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    static int rows(PgSupervisor supervisor) throws SQLException {
        return Integer.parseInt(ask(supervisor, "select count(*) from t"));
    }

    static void tell(PgSupervisor supervisor, String sql) throws SQLException {
        try (Connection connection = connect(supervisor);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
