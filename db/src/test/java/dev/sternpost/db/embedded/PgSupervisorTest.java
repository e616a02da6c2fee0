package dev.sternpost.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Starts, kills and crashes real servers; every one of them is gone at the end of its test. */
class PgSupervisorTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path shared;

    @TempDir
    Path temporary;

    private final List<AutoCloseable> open = new ArrayList<>();

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

    private Path directory() {
        return temporary.resolve("pg");
    }

    /** Puts a database there that was made once for all tests, so that each need not make its own. */
    private void initialise() throws Exception {
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

    private Path data() {
        return directory().resolve("data");
    }

    private static PgBinaries binaries() throws IOException {
        return new PgBinaries(TestBinaries.home());
    }

    static PgSettings settings(Path directory, int port) throws IOException {
        return new PgSettings(
                directory, port, Optional.empty(), Optional.of(binaries().home()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private PgSupervisor start() throws IOException {
        PgSupervisor supervisor = PgSupervisor.start(settings(directory(), freePort()));
        open.add(supervisor);
        return supervisor;
    }

    private static Connection connect(PgSupervisor supervisor) throws SQLException {
        return DriverManager.getConnection(supervisor.jdbcUrl(), supervisor.userName(), supervisor.password());
    }

    private static String ask(PgSupervisor supervisor, String sql) throws SQLException {
        try (Connection connection = connect(supervisor);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    private static int rows(PgSupervisor supervisor) throws SQLException {
        return Integer.parseInt(ask(supervisor, "select count(*) from t"));
    }

    private static void tell(PgSupervisor supervisor, String sql) throws SQLException {
        try (Connection connection = connect(supervisor);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void data_survive_a_stop_and_a_start() throws Exception {
        PgSupervisor first = start();
        tell(first, "create table t as select 42 as n");
        first.close();
        assertThat(Postmaster.processesIn(data())).isEmpty();
        long begin = System.nanoTime();
        PgSupervisor second = start();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        System.out.println("start on existing data: " + millis + " ms");
        assertThat(ask(second, "select n from t")).isEqualTo("42");
        assertThat(second.password()).isEqualTo(first.password());
    }

    @Test
    void nothing_that_was_acknowledged_can_be_lost_by_its_settings() throws Exception {
        PgSupervisor supervisor = start();
        assertThat(ask(supervisor, "show fsync")).isEqualTo("on");
        assertThat(ask(supervisor, "show synchronous_commit")).isEqualTo("on");
        assertThat(ask(supervisor, "show full_page_writes")).isEqualTo("on");
        assertThat(ask(supervisor, "show data_checksums")).isEqualTo("on");
    }

    @Test
    void only_the_password_and_only_this_machine_get_in() throws Exception {
        PgSupervisor supervisor = start();
        assertThatThrownBy(() -> DriverManager.getConnection(supervisor.jdbcUrl(), supervisor.userName(), "guess"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
        assertThat(ask(supervisor, "show listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(ask(supervisor, "show unix_socket_directories")).isEmpty();
        assertThat(Files.readAllLines(data().resolve("pg_hba.conf")).stream()
                        .filter(line -> !line.startsWith("#") && !line.isBlank()))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("scram-sha-256"));
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory().resolve("password"))))
                .isEqualTo("rw-------");
        assertThat(Files.readString(directory().resolve("postgres.log"))).doesNotContain(supervisor.password());
        assertThat(directory().resolve("initdb-password")).doesNotExist();
    }

    @Test
    @Tag("initialises")
    void as_root_it_runs_as_an_account_of_its_own_that_alone_may_read_the_data() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/etc")), "root only");
        PgSupervisor supervisor = start();
        assertOwnedByItself(supervisor);
        assertThat(Files.getOwner(directory().resolve("password")).getName()).isEqualTo("root");
    }

    @Test
    void as_root_it_takes_over_data_that_an_earlier_release_kept_as_nobody() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/etc")), "root only");
        give(data(), 65_534);
        PgSupervisor supervisor = start();
        assertThat(ask(supervisor, "select 1")).isEqualTo("1");
        assertOwnedByItself(supervisor);
    }

    private void assertOwnedByItself(PgSupervisor supervisor) throws IOException {
        assertThat(Files.readString(Path.of("/proc/" + supervisor.pid() + "/status")))
                .contains("Uid:\t64056\t64056\t64056\t64056", "Gid:\t64056\t64056\t64056\t64056");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data())))
                .isEqualTo("rwx------");
        for (String file : List.of("", "PG_VERSION", "global", "global/pg_control", "pg_wal")) {
            assertThat(Files.getAttribute(data().resolve(file), "unix:uid"))
                    .as(file)
                    .isEqualTo(PgSettings.UID_DEFAULT);
        }
    }

    private static void give(Path directory, int uid) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    @Test
    void as_root_it_runs_as_whoever_owns_the_data_already() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/etc")), "root only");
        give(data(), 64_999);
        PgSupervisor supervisor = start();
        assertThat(Files.readString(Path.of("/proc/" + supervisor.pid() + "/status")))
                .contains("Uid:\t64999");
        supervisor.close();
        PgSettings other = new PgSettings(
                directory(),
                freePort(),
                Optional.of("nobody"),
                Optional.of(binaries().home()));
        assertThatThrownBy(() -> PgSupervisor.start(other))
                .isInstanceOf(PgStartException.class)
                .hasMessageContaining("chown -R");
    }

    @Test
    @Tag("initialises")
    void as_root_it_runs_where_its_account_cannot_reach_and_leaves_no_mount() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/etc")), "root only");
        Files.createDirectories(directory());
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx------"));
        String mounts = Files.readString(Path.of("/proc/mounts"));
        PgSupervisor supervisor = start();
        tell(supervisor, "create table t as select 42 as n");
        assertThat(Files.readString(Path.of("/proc/" + supervisor.pid() + "/status")))
                .contains("Uid:\t64056");
        assertThat(Files.readString(Path.of("/proc/mounts"))).isEqualTo(mounts);
        supervisor.close();
        assertThat(Path.of("/run/sternpost-pg"))
                .satisfiesAnyOf(
                        path -> assertThat(path).doesNotExist(),
                        path -> assertThat(path).isNotEmptyDirectory());
        assertThat(ask(start(), "select n from t")).isEqualTo("42");
    }

    @Test
    void a_second_supervisor_is_refused_while_the_first_one_lives() throws Exception {
        PgSupervisor first = start();
        assertThatThrownBy(this::start)
                .isInstanceOf(PgStartException.class)
                .hasMessageContaining("Another server uses the database");
        assertThat(ask(first, "select 1")).isEqualTo("1");
    }

    @Test
    void a_port_taken_by_a_stranger_is_refused_and_the_stranger_left_alone() throws Exception {
        PgSupervisor stranger = start();
        int port = Integer.parseInt(stranger.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"));
        Path other = temporary.resolve("other");
        assertThatThrownBy(() -> PgSupervisor.start(settings(other, port)))
                .isInstanceOf(PgStartException.class)
                .hasMessageContaining("Port " + port)
                .hasMessageContaining("taken by another program");
        assertThat(ask(stranger, "select 1")).isEqualTo("1");
        PgSupervisor elsewhere = PgSupervisor.start(settings(other, freePort()));
        open.add(elsewhere);
        assertThat(ask(elsewhere, "select 1")).isEqualTo("1");
    }

    @Test
    void a_server_left_behind_by_a_dead_supervisor_is_stopped_and_its_data_used() throws Exception {
        PgSupervisor first = start();
        tell(first, "create table t as select 42 as n");
        first.close();
        Process orphan = startWithoutSupervisor(freePort());
        PgSupervisor second = start();
        assertThat(orphan.isAlive()).isFalse();
        assertThat(ask(second, "select n from t")).isEqualTo("42");
    }

    private Process startWithoutSupervisor(int port) throws Exception {
        RunAs runAs = RunAs.choose(
                Optional.empty(), data(), List.of(directory(), binaries().home()));
        List<String> command = new ArrayList<>(runAs.process(List.of(
                        runAs.seen(binaries().postgres()),
                        "-D",
                        runAs.seen(data()),
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "port=" + port))
                .command());
        int deathSignal = command.indexOf("--pdeathsig");
        command.remove(deathSignal + 1);
        command.remove(deathSignal);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        open.add(() -> Postmaster.signal(process.pid(), "QUIT"));
        Await.untilPasses(
                "the orphan is ready",
                SOON,
                () -> assertThat(Postmaster.read(data()).filter(Postmaster::ready))
                        .isPresent());
        return process;
    }

    @Test
    void a_leftover_pid_file_that_names_a_stranger_does_not_keep_it_from_starting() throws Exception {
        long stranger = ProcessHandle.current().pid();
        Files.writeString(
                data().resolve("postmaster.pid"),
                stranger + "\n" + data() + "\n1\n5432\n\n127.0.0.1\n  1  1\nready   \n");
        assertThat(ask(start(), "select 1")).isEqualTo("1");
        assertThat(ProcessHandle.of(stranger)).isPresent();
    }

    @Test
    @Tag("initialises")
    void an_initialisation_that_was_cut_off_is_begun_again() throws Exception {
        Files.createDirectories(directory().resolve("data.new/base"));
        Files.writeString(directory().resolve("data.new/PG_VERSION"), "18\n");
        assertThat(ask(start(), "select 1")).isEqualTo("1");
        assertThat(directory().resolve("data.new")).doesNotExist();
    }

    @Test
    void data_without_their_password_are_refused_with_advice() throws Exception {
        Files.delete(directory().resolve("password"));
        assertThatThrownBy(this::start).isInstanceOf(PgStartException.class).hasMessageContaining("Restore that file");
    }

    @Test
    void data_of_another_version_are_refused_with_advice() throws Exception {
        Files.writeString(data().resolve("PG_VERSION"), "9\n");
        assertThatThrownBy(this::start).isInstanceOf(PgStartException.class).hasMessageContaining("is of PostgreSQL 9");
    }

    @Test
    void a_server_that_cannot_start_says_why() throws Exception {
        Files.writeString(data().resolve("postgresql.conf"), "no_such_setting = on\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(PgStartException.class)
                .hasMessageContaining("did not start")
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void a_server_that_is_killed_is_started_again_and_acknowledged_commits_are_there() throws Exception {
        PgSupervisor supervisor = start();
        tell(supervisor, "create table t (n int primary key)");
        int acknowledged = 0;
        for (int round = 0; round < 2; round++) {
            long pid = supervisor.pid();
            int before = acknowledged;
            Thread killer = Thread.ofPlatform().start(() -> killWhenWritten(supervisor, pid, before + 100));
            acknowledged = insertUntilRefused(supervisor, before);
            killer.join();
            Await.untilPasses(
                    "it takes connections again",
                    SOON,
                    () -> assertThat(ask(supervisor, "select 1")).isEqualTo("1"));
            assertThat(supervisor.pid()).isNotEqualTo(pid);
            int found = rows(supervisor);
            // The one insert in flight may or may not have happened.
            assertThat(found).isBetween(acknowledged, acknowledged + 1);
            acknowledged = found;
        }
        assertThat(acknowledged).isGreaterThan(200);
    }

    private static void killWhenWritten(PgSupervisor supervisor, long pid, int rows) {
        try {
            Await.untilPasses(
                    "rows are written", SOON, () -> assertThat(rows(supervisor)).isGreaterThan(rows));
            Postmaster.signal(pid, "KILL");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int insertUntilRefused(PgSupervisor supervisor, int from) {
        int next = from;
        try (Connection connection = connect(supervisor);
                Statement statement = connection.createStatement()) {
            while (next < from + 1_000_000) {
                statement.execute("insert into t values (" + next + ")");
                next++;
            }
        } catch (SQLException e) {
            return next;
        }
        throw new AssertionError("the server was never killed");
    }

    @Test
    void the_server_of_a_killed_process_ends_and_the_next_process_goes_on_with_its_data() throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SupervisingProcess.class.getName(),
                        directory().toString(),
                        Integer.toString(freePort()))
                .redirectErrorStream(true)
                .start();
        open.add(victim::destroyForcibly);
        assertThat(victim.inputReader().lines().anyMatch("up"::equals)).isTrue();
        assertThat(Postmaster.processesIn(data())).isNotEmpty();
        victim.destroyForcibly().waitFor();
        Await.untilPasses(
                "the kernel has told the server to stop",
                SOON,
                () -> assertThat(Postmaster.processesIn(data())).isEmpty());
        assertThat(ask(start(), "select 1")).isEqualTo("1");
    }
}
