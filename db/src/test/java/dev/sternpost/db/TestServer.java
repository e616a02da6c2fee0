package dev.sternpost.db;

import dev.sternpost.db.embedded.PgSettings;
import dev.sternpost.db.embedded.PgSupervisor;
import dev.sternpost.db.embedded.TestBinaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL servers the suites run on: the embedded one, and an older one when there is one. Each is started once
 * for all tests of the process and stopped with it.
 */
enum TestServer {
    /** The one that comes with the product. */
    EMBEDDED {
        @Override
        Optional<Address> find() {
            return Optional.of(started(Optional.empty()));
        }
    },
    /** The one of STERNPOST_TEST_JDBC_URL, _USER and _PASSWORD; otherwise Debian's PostgreSQL 15, if installed. */
    OTHER {
        @Override
        Optional<Address> find() {
            @Nullable String url = System.getenv("STERNPOST_TEST_JDBC_URL");
            if (url != null && !url.isBlank()) {
                Map<String, String> environment = System.getenv();
                return Optional.of(new Address(
                        url,
                        environment.getOrDefault("STERNPOST_TEST_JDBC_USER", "postgres"),
                        environment.getOrDefault("STERNPOST_TEST_JDBC_PASSWORD", "")));
            }
            Path debian = Path.of("/usr/lib/postgresql/15");
            return Files.isExecutable(debian.resolve("bin/postgres"))
                    ? Optional.of(started(Optional.of(debian)))
                    : Optional.empty();
        }
    };

    /** Where a server is, and who may make databases there. */
    record Address(String url, String user, String password) {
        Connection connect() throws SQLException {
            return DriverManager.getConnection(url, user, password);
        }
    }

    private static final Map<TestServer, Optional<Address>> FOUND = new ConcurrentHashMap<>();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    abstract Optional<Address> find();

    /** The server, started if need be; empty when there is none. */
    Optional<Address> address() {
        return FOUND.computeIfAbsent(this, TestServer::find);
    }

    /** A new, empty database on it. */
    DbSettings.External newDatabase() {
        Address address = address().orElseThrow();
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new DbSettings.External(
                address.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1"), address.user(), address.password());
    }

    private static Address started(Optional<Path> installation) {
        try {
            Path directory = Files.createTempDirectory("sternpost-test-pg");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            PgSupervisor supervisor = PgSupervisor.start(new PgSettings(
                    directory,
                    freePort(),
                    Optional.empty(),
                    Optional.of(installation.isPresent() ? installation.get() : TestBinaries.home())));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                supervisor.close();
                delete(directory);
            }));
            return new Address(supervisor.jdbcUrl(), supervisor.userName(), supervisor.password());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.err.println("left behind: " + directory + ": " + e);
        }
    }
}
