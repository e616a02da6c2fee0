package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.fake.FakeFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExitCodeTest extends CommandTest {
    @Test
    void each_kind_of_fault_has_its_class() {
        assertThat(of("OBJECT_NOT_FOUND", FaultKind.FAULT_KIND_CALLER)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(of("NAME_AMBIGUOUS", FaultKind.FAULT_KIND_CALLER)).isEqualTo(ExitCode.USAGE);
        assertThat(of("TOKEN_INVALID", FaultKind.FAULT_KIND_PERMISSION)).isEqualTo(ExitCode.DENIED);
        assertThat(of("VM_LOCKED", FaultKind.FAULT_KIND_CONFLICT)).isEqualTo(ExitCode.CONFLICT);
        assertThat(of("DATASTORE_FULL", FaultKind.FAULT_KIND_CAPACITY)).isEqualTo(ExitCode.CONFLICT);
        assertThat(of("OPERATION_TIMED_OUT", FaultKind.FAULT_KIND_UNREACHABLE)).isEqualTo(ExitCode.TIMEOUT);
        assertThat(of("HOST_NOT_CONNECTED", FaultKind.FAULT_KIND_UNREACHABLE)).isEqualTo(ExitCode.UNEXPECTED);
        assertThat(of("INTERNAL_ERROR", FaultKind.FAULT_KIND_INTERNAL)).isEqualTo(ExitCode.UNEXPECTED);
    }

    private static ExitCode of(String code, FaultKind kind) {
        return ExitCode.of(new SternpostException(FakeFaults.fault(code, 1, kind, "message", "")));
    }

    @Test
    void the_numbers_never_move() {
        assertThat(ExitCode.values()).extracting(ExitCode::number).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void a_server_that_is_down_is_said_without_a_stack_trace() {
        server.stop();

        Outcome outcome = give("vm", "ls");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("error: cannot reach " + server.address())
                .hasLineCount(1);
    }

    @Test
    void the_origin_of_an_error_is_shown_to_those_who_ask() {
        server.stop();

        assertThat(give("vm", "ls", "-v").err()).contains("\tat dev.sternpost");
    }

    @Test
    void a_wait_that_is_too_short_is_a_timeout() {
        server.datacenter().tasks().hold(true);

        Outcome outcome = give("vm", "create", "web-1", "-t", "linux-guest", "--timeout", "300ms");

        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.err()).contains("did not end within").contains("goes on");
    }

    @Test
    void no_password_and_no_session_is_denied() {
        environment.remove("STERNPOST_PASSWORD_FILE");

        Outcome outcome = give("vm", "ls");

        assertThat(outcome.exit()).isEqualTo(4);
        assertThat(outcome.err()).contains("sternpost login");
    }

    @Test
    void a_wrong_password_is_denied() {
        assertThat(give("wrong\n", false, "login").exit()).isEqualTo(4);
    }

    @Test
    void without_a_server_the_command_says_how_to_get_one() {
        environment.remove("STERNPOST_SERVER");

        Outcome outcome = give("vm", "ls");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("./sternpost up").contains("--server");
    }

    @Test
    void a_ca_file_of_another_installation_is_denied() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (var stranger = dev.sternpost.sdk.fake.FakeServer.startStranger(other)) {
            Outcome outcome = give("vm", "ls", "--ca", stranger.caFile().toString());

            assertThat(outcome.exit()).isEqualTo(4);
            assertThat(outcome.err()).contains("cannot be trusted");
        }
    }
}
