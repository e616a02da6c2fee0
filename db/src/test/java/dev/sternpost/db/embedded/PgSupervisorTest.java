package dev.sternpost.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Starts, kills and crashes real servers. */
class PgSupervisorTest extends EmbeddedServers {
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
