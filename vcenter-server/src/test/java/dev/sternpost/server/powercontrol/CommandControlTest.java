package dev.sternpost.server.powercontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.powercontrol.PowerAnswer.MachinePower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandControlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private PowerControl control(String body, Duration patience) throws IOException {
        Path script = directory.resolve("power");
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new CommandControl(script, "host-3", patience);
    }

    private PowerControl control(String body) throws IOException {
        return control(body, PATIENCE);
    }

    @Test
    void it_is_given_the_host_and_the_verb() throws IOException {
        Path seen = directory.resolve("seen");
        PowerControl control = control("echo \"$# $1 $2\" >> " + seen + "\necho on");
        assertThat(control.on()).isEqualTo(new PowerAnswer.Done());
        assertThat(control.off()).isEqualTo(new PowerAnswer.Done());
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.ON));
        assertThat(Files.readAllLines(seen)).containsExactly("2 host-3 on", "2 host-3 off", "2 host-3 status");
    }

    @Test
    void what_it_prints_of_the_state_is_understood_or_said_not_to_be() throws IOException {
        assertThat(control("echo off now").state()).isEqualTo(new PowerAnswer.Is(MachinePower.OFF));
        assertThat(control("echo unknown").state()).isEqualTo(new PowerAnswer.Is(MachinePower.UNKNOWN));
        assertThat(control("echo perhaps").state()).isInstanceOf(PowerAnswer.Failed.class);
        assertThat(control("true").state()).isInstanceOf(PowerAnswer.Failed.class);
    }

    @Test
    void its_exit_code_tells_apart_what_must_be() throws IOException {
        assertThat(control("exit 3").on()).isEqualTo(new PowerAnswer.Already());
        assertThat(control("echo bad user; exit 4").on()).isEqualTo(new PowerAnswer.CredentialsRefused("bad user"));
        assertThat(control("echo no route >&2; exit 5").on()).isEqualTo(new PowerAnswer.Unreachable("no route"));
        assertThat(control("exit 1").on()).isEqualTo(new PowerAnswer.Failed("exit code 1"));
        assertThat(new CommandControl(directory.resolve("nothing"), "host-3", PATIENCE).on())
                .isInstanceOf(PowerAnswer.Failed.class);
    }

    @Test
    void one_that_does_not_end_is_ended() throws IOException {
        assertThat(control("sleep 600", Duration.ofMillis(300)).on()).isInstanceOf(PowerAnswer.Unreachable.class);
    }

    @Test
    void what_it_leaves_running_is_not_waited_for() throws IOException {
        Path pid = directory.resolve("pid");
        PowerControl control = control("sleep 600 &\necho $! > " + pid + "\necho on");
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.ON));
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
    }

    @Test
    void it_does_not_get_to_know_the_servers_environment() throws IOException {
        Path seen = directory.resolve("environment");
        assertThat(control("env > " + seen).on()).isEqualTo(new PowerAnswer.Done());
        assertThat(Files.readAllLines(seen)).allMatch(line -> line.matches("(PATH|HOME|LANG|PWD|SHLVL|_|OLDPWD)=.*"));
    }
}
