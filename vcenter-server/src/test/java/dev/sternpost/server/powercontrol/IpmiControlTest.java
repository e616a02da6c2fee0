package dev.sternpost.server.powercontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.powercontrol.PowerAnswer.MachinePower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a program that speaks as fence_ipmilan 4.12 does. */
class IpmiControlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "Zx9-secret";
    private static final IpmiControl.Controller BMC = new IpmiControl.Controller("bmc-3.example", "fence", SECRET);

    @TempDir
    private Path directory;

    private String program(String body) throws IOException {
        Path script = directory.resolve("fence_ipmilan");
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private PowerControl control(String body) throws IOException {
        return new IpmiControl(program(body), BMC, PATIENCE);
    }

    private Path seen() {
        return directory.resolve("seen");
    }

    @Test
    void everything_is_told_on_its_standard_input_and_nothing_on_its_command_line() throws IOException {
        Path environment = directory.resolve("environment");
        PowerControl control = control("echo \"arguments $#\" > %s\ncat >> %s\nenv > %s\necho 'Success: Powered OFF'"
                .formatted(seen(), seen(), environment));
        assertThat(control.off()).isEqualTo(new PowerAnswer.Done());
        assertThat(Files.readAllLines(seen()))
                .containsExactly(
                        "arguments 0",
                        "action=off",
                        "ip=bmc-3.example",
                        "ipport=623",
                        "username=fence",
                        "password=" + SECRET,
                        "lanplus=1",
                        "verbose=1",
                        "verbose_level=2",
                        "power_timeout=8");
        assertThat(Files.readString(environment)).doesNotContain(SECRET);
    }

    @Test
    void orders_and_questions_are_told_apart_by_the_action() throws IOException {
        PowerControl control = control("""
                action=$(sed -n 's/^action=//p')
                case $action in
                  status) echo 'Status: ON' ;;
                  on) echo 'Success: Already ON' ;;
                  off) echo 'Success: Powered OFF' ;;
                esac""");
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.ON));
        assertThat(control.on()).isEqualTo(new PowerAnswer.Already());
        assertThat(control.off()).isEqualTo(new PowerAnswer.Done());
        assertThat(control("echo 'Success: Already OFF'").off()).isEqualTo(new PowerAnswer.Already());
    }

    @Test
    void off_is_believed_only_by_exit_code_and_words() throws IOException {
        assertThat(control("echo 'Status: OFF'; exit 2").state()).isEqualTo(new PowerAnswer.Is(MachinePower.OFF));
        assertThat(control("echo \"python3: can't open file\" >&2; exit 2").state())
                .isEqualTo(new PowerAnswer.Failed("python3: can't open file"));
        assertThat(control("echo 'Status: OFF'; exit 1").state()).isInstanceOf(PowerAnswer.Failed.class);
        assertThat(control("true").state()).isEqualTo(new PowerAnswer.Failed("exit code 0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RAKP 2 HMAC is invalid",
                "RAKP 2 message indicates an error : unauthorized name",
                "Set Chassis Power Control to Down/Off failed: Insufficient privilege level",
                "ERROR: Unable to connect/login to fencing device"
            })
    void refused_credentials_are_told_as_that(String words) throws IOException {
        PowerControl control = control("""
                cat > /dev/null
                echo '%s' >&2
                echo 'Error: Unable to establish IPMI v2 / RMCP+ session' >&2
                echo 'ERROR: Failed: Unable to obtain correct plug status or plug is not available' >&2
                exit 1""".formatted(words));
        assertThat(control.state()).isEqualTo(new PowerAnswer.CredentialsRefused(words));
        assertThat(control.off()).isEqualTo(new PowerAnswer.CredentialsRefused(words));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error: Unable to establish IPMI v2 / RMCP+ session",
                "Address lookup for bmc-3.example failed",
                "ERROR: Connection timed out"
            })
    void one_that_does_not_answer_is_told_as_that(String words) throws IOException {
        PowerControl control = control("""
                echo '%s' >&2
                echo 'ERROR: Failed: Unable to obtain correct plug status or plug is not available' >&2
                exit 1""".formatted(words));
        assertThat(control.state()).isEqualTo(new PowerAnswer.Unreachable(words));
        assertThat(control.off()).isEqualTo(new PowerAnswer.Unreachable(words));
    }

    @Test
    void one_that_answers_and_cannot_is_told_as_that() throws IOException {
        assertThat(control("echo 'ERROR: Failed: Timed out waiting to power OFF' >&2; exit 1")
                        .off())
                .isEqualTo(new PowerAnswer.Failed("ERROR: Failed: Timed out waiting to power OFF"));
        assertThat(control("""
                        echo 'Error in open session response message : no matching cipher suite'
                        echo 'Error: Unable to establish IPMI v2 / RMCP+ session'
                        exit 1""").on())
                .isEqualTo(new PowerAnswer.Failed("Error in open session response message : no matching cipher suite"));
    }

    @Test
    void what_it_runs_is_no_answer_and_a_password_it_prints_is_told_to_nobody() throws IOException {
        PowerControl control = control("""
                echo 'INFO: Executing: ipmitool -U unauthorized -P [set] chassis power status' >&2
                echo 'ERROR: Unable to run ipmitool -P %s chassis power status' >&2
                echo 'no use for %s' >&2
                echo "ERROR: Please use '-h' for usage" >&2
                exit 1""".formatted(SECRET, SECRET));
        assertThat(control.state()).isEqualTo(new PowerAnswer.Failed("no use for …"));
        assertThat(BMC.toString()).doesNotContain(SECRET);
    }

    @Test
    void one_that_hangs_is_killed_with_what_it_has_started() throws Exception {
        Path pids = directory.resolve("pids");
        PowerControl control = new IpmiControl(
                program("sleep 600 &\necho $! > %s\necho $$ >> %s\nwait".formatted(pids, pids)),
                BMC,
                Duration.ofSeconds(2));
        assertThat(control.off()).isInstanceOf(PowerAnswer.Unreachable.class);
        assertThat(Files.readAllLines(pids)).hasSize(2);
        for (String pid : Files.readAllLines(pids)) {
            var left = ProcessHandle.of(Long.parseLong(pid));
            if (left.isPresent()) {
                left.get().onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void one_that_reads_nothing_and_writes_without_end_is_borne() throws IOException {
        PowerControl control =
                control("head -c 2000000 /dev/zero | tr '\\0' 'x'\necho\necho 'Success: Powered ON'\nexit 1");
        assertThat(control.on())
                .isInstanceOfSatisfying(
                        PowerAnswer.Failed.class,
                        failed -> assertThat(failed.detail()).hasSizeLessThan(400));
    }

    @Test
    void a_missing_program_says_what_to_install() throws IOException {
        PowerControl missing = new IpmiControl(directory.resolve("nothing").toString(), BMC, PATIENCE);
        assertThat(missing.off().toString())
                .startsWith("Failed")
                .contains("packages fence-agents and ipmitool", "sternpost.power.fence-ipmilan");
        assertThat(control("echo 'ERROR: Ipmitool not found or not accessible' >&2; exit 1")
                        .state()
                        .toString())
                .startsWith("Failed")
                .contains("packages fence-agents and ipmitool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b=c", "#$(x)`y`'z'", "  blanks ", "\"quoted\"", "\"", "--action=on", "on", "\\1\\n", ""})
    void a_password_with_odd_characters_arrives_as_it_is(String password) throws IOException {
        PowerControl control = new IpmiControl(
                program("cat > " + seen() + "\necho 'Status: ON'"),
                new IpmiControl.Controller("[fd00::3]:6230", "a=b", password),
                PATIENCE);
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.ON));
        assertThat(Files.readAllLines(seen())).hasSize(9).contains("ip=fd00::3", "ipport=6230", "username=a=b");
        // As the program reads a line: blanks off its ends, then one pair of quotes off the value.
        assertThat(Files.readAllLines(seen()).get(4).strip())
                .startsWith("password=")
                .satisfies(
                        line -> assertThat(line.substring("password=".length()).replaceFirst("^\"(.*)\"$", "$1"))
                                .isEqualTo(password));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bmc\nlanplus=0", "bmc -v", "-v", "bmc:0", "bmc:65536", "bmc:6x", "fd00::3", "[bmc]", "", "a b"})
    void an_address_that_is_more_than_one_runs_nothing(String address) throws IOException {
        PowerControl control = new IpmiControl(
                program("touch " + seen()), new IpmiControl.Controller(address, "fence", SECRET), PATIENCE);
        assertThat(control.off()).isInstanceOf(PowerAnswer.Failed.class);
        assertThat(seen()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\naction=on", "x\raction=on", "x\u0085y", "pass\u00e9", "123456789012345678901"})
    void a_user_name_or_password_that_is_more_than_one_line_runs_nothing(String text) throws IOException {
        String program = program("touch " + seen());
        assertThat(new IpmiControl(program, new IpmiControl.Controller("bmc", "fence", text), PATIENCE).off())
                .isInstanceOf(PowerAnswer.Failed.class);
        assertThat(new IpmiControl(program, new IpmiControl.Controller("bmc", text, SECRET), PATIENCE).off())
                .isInstanceOf(PowerAnswer.Failed.class);
        assertThat(seen()).doesNotExist();
    }
}
