package dev.sternpost.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whom the server runs as when this process is root. */
class PgAccountTest extends EmbeddedServers {
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
        List<String> mounts = ourMounts();
        PgSupervisor supervisor = start();
        tell(supervisor, "create table t as select 42 as n");
        assertThat(Files.readString(Path.of("/proc/" + supervisor.pid() + "/status")))
                .contains("Uid:\t64056");
        assertThat(ourMounts()).isEqualTo(mounts);
        supervisor.close();
        assertThat(Path.of("/run/sternpost-pg"))
                .satisfiesAnyOf(
                        path -> assertThat(path).doesNotExist(),
                        path -> assertThat(path).isNotEmptyDirectory());
        assertThat(ask(start(), "select n from t")).isEqualTo("42");
    }

    /** Others on the machine may mount what they like meanwhile. */
    private List<String> ourMounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream()
                .filter(mount -> mount.contains(temporary.toString()) || mount.contains("sternpost-pg"))
                .toList();
    }
}
