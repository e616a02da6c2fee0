package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.sdk.fake.FakeServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class SessionTest extends CommandTest {
    private Path file() {
        return directory.resolve("cli/session.json");
    }

    @Test
    void the_session_is_kept_for_the_next_command_and_for_no_other_eyes() throws Exception {
        give("vm", "ls");
        give("vm", "ls");

        assertThat(server.sessions().logins()).isEqualTo(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void an_ended_session_is_replaced_when_there_is_a_password_file() {
        give("vm", "ls");
        server.sessions().revokeAll();

        assertThat(give("vm", "ls").exit()).isZero();
        assertThat(server.sessions().logins()).isEqualTo(2);
    }

    @Test
    void an_ended_session_without_a_password_file_asks_for_a_login() {
        give("vm", "ls");
        server.sessions().revokeAll();
        environment.remove("STERNPOST_PASSWORD_FILE");

        Outcome outcome = give("vm", "ls");

        assertThat(outcome.exit()).isEqualTo(4);
        assertThat(outcome.err()).contains("has ended").contains("sternpost login");
        assertThat(file()).doesNotExist();
    }

    @Test
    void a_password_may_come_from_standard_input() {
        environment.remove("STERNPOST_PASSWORD_FILE");

        Outcome outcome = give(FakeServer.PASSWORD + "\n", false, "login", "--user", FakeServer.USER);

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("logged in to " + server.address() + " as administrator");
        assertThat(give("vm", "ls").exit()).isZero();
    }

    @Test
    void a_session_of_another_server_is_not_shown_to_this_one() throws Exception {
        give("vm", "ls");
        Files.writeString(file(), Files.readString(file()).replace(server.address(), "elsewhere:7443"));

        assertThat(give("vm", "ls").exit()).isZero();
        assertThat(server.sessions().logins()).isEqualTo(2);
    }

    @Test
    void logging_out_ends_the_session_at_the_server() throws Exception {
        give("vm", "ls");
        String token = Files.readString(file()).replaceAll("(?s).*\"token\": \"([^\"]*)\".*", "$1");
        assertThat(server.sessions().accepts(token)).isTrue();

        assertThat(give("session", "logout").exit()).isZero();

        assertThat(server.sessions().accepts(token)).isFalse();
        assertThat(file()).doesNotExist();
    }

    @Test
    void the_context_of_the_launcher_is_enough() throws Exception {
        Files.createDirectories(directory.resolve("cli"));
        Files.writeString(directory.resolve("cli/context.json"), """
                {"server": "%s", "caFile": "%s", "user": "administrator", "passwordFile": "%s", "future": 1}
                """.formatted(
                        server.address(), server.caFile(), environment.get("STERNPOST_PASSWORD_FILE")));
        environment.keySet().removeIf(name -> !name.equals("STERNPOST_HOME"));

        assertThat(give("vm", "ls").exit()).isZero();
    }

    @Test
    void the_contexts_password_is_not_given_to_another_server() throws Exception {
        Files.createDirectories(directory.resolve("cli"));
        Files.writeString(
                directory.resolve("cli/context.json"), """
                {"server": "elsewhere:7443", "user": "administrator", "passwordFile": "%s"}
                """.formatted(environment.get("STERNPOST_PASSWORD_FILE")));
        environment.remove("STERNPOST_PASSWORD_FILE");
        environment.remove("STERNPOST_USER");

        assertThat(give("vm", "ls").exit()).isEqualTo(4);
        assertThat(server.sessions().logins()).isZero();
    }
}
