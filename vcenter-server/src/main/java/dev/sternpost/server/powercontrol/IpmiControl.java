package dev.sternpost.server.powercontrol;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A management controller by IPMI 2.0 (RMCP+), through {@code fence_ipmilan} of fence-agents. The program is told everything on its
 * standard input, one {@code key=value} a line; it ends with 0, with 2 for a status of off, and with 1 for whatever went wrong, which
 * only its words tell apart. Its words are asked for at the level at which ipmitool says why it got no session.
 */
public final class IpmiControl implements PowerControl {
    /** Longest user name of IPMI, in characters. */
    public static final int USER_NAME_MAX = 16;

    /** Longest password of IPMI 2.0, in characters. */
    public static final int PASSWORD_MAX = 20;

    private static final int OFF = 2;

    /** Bounds each look of the program at the machine, and how long it waits for a change, so that all of it fits {@link #TIME_MAX}. */
    private static final int LOOK_SECONDS_MAX = 8;

    private static final String INSTALL = "install the packages fence-agents and ipmitool on the server's machine";
    private static final List<String> NO_IPMITOOL = List.of("ipmitool not found");
    private static final List<String> REFUSED = List.of(
            "rakp 2 hmac is invalid",
            "unauthorized",
            "invalid user name",
            "invalid role",
            "insufficient privilege",
            "password is longer",
            "does not have the correct privileges",
            "unable to connect/login");
    private static final List<String> ANSWERED = List.of("indicates an error", "error in open session response");
    private static final List<String> SILENT = List.of(
            "unable to establish",
            "connection timed out",
            "connection lost",
            "connection refused",
            "address lookup",
            "could not open socket",
            "no route to host",
            "network is unreachable");

    /** Where the controller is, and who asks. */
    record Controller(String address, String userName, String password) {
        @Override
        public String toString() {
            return address;
        }
    }

    private final String program;
    private final Controller controller;
    private final Duration patience;

    /** @param program the path of fence_ipmilan, or its name when it is found by the server's PATH */
    IpmiControl(String program, Controller controller, Duration patience) {
        this.program = program;
        this.controller = controller;
        this.patience = patience;
    }

    /** Whether IPMI can carry this user name or password: ASCII without control characters, so that it stays one line. */
    public static boolean isUsable(String text, int charactersMax) {
        return text.length() <= charactersMax && text.chars().allMatch(each -> each >= ' ' && each <= '~');
    }

    @Override
    public PowerAnswer state() {
        return run("status", ran -> {
            boolean off = ran.exitCode() == OFF && says(ran, "status: off");
            // By both: an interpreter that does not find its program ends with 2 as well.
            return off || ran.exitCode() == 0 && says(ran, "status: on")
                    ? new PowerAnswer.Is(off ? PowerAnswer.MachinePower.OFF : PowerAnswer.MachinePower.ON)
                    : problem(ran);
        });
    }

    @Override
    public PowerAnswer on() {
        return run("on", this::ordered);
    }

    @Override
    public PowerAnswer off() {
        return run("off", this::ordered);
    }

    private PowerAnswer ordered(Program.Ran ran) {
        if (ran.exitCode() != 0) {
            return problem(ran);
        }
        return says(ran, "success: already") ? new PowerAnswer.Already() : new PowerAnswer.Done();
    }

    private PowerAnswer run(String action, Function<Program.Ran, PowerAnswer> then) {
        Optional<BmcAddress> address = BmcAddress.of(controller.address());
        if (address.isEmpty()
                || !isUsable(controller.userName(), USER_NAME_MAX)
                || !isUsable(controller.password(), PASSWORD_MAX)) {
            return new PowerAnswer.Failed(
                    "its address, user name or password is none that IPMI can use; set them again");
        }
        try {
            return new Program(List.of(program), patience).run(input(action, address.get()), then);
        } catch (Program.NotStartedException e) {
            return new PowerAnswer.Failed(
                    "%s cannot be run (%s): %s, or name it by its full path in the setting sternpost.power.fence-ipmilan"
                            .formatted(program, e.getMessage(), INSTALL));
        }
    }

    private String input(String action, BmcAddress address) {
        return Stream.of(
                        "action=" + action,
                        "ip=" + address.host(),
                        "ipport=" + address.port(),
                        "username=" + quoted(controller.userName()),
                        "password=" + quoted(controller.password()),
                        "lanplus=1",
                        "verbose=1",
                        "verbose_level=2",
                        "power_timeout=" + LOOK_SECONDS_MAX)
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    /** The program takes blanks off the ends of a line, then one pair of quotes around a value. */
    private static String quoted(String value) {
        boolean asItIs = value.equals(value.strip()) && !(value.startsWith("\"") && value.endsWith("\""));
        return asItIs ? value : '"' + value + '"';
    }

    private PowerAnswer problem(Program.Ran ran) {
        if (line(ran, NO_IPMITOOL).isPresent()) {
            return new PowerAnswer.Failed("%s does not find ipmitool: %s".formatted(program, INSTALL));
        }
        Optional<String> refused = line(ran, REFUSED);
        if (refused.isPresent()) {
            return new PowerAnswer.CredentialsRefused(refused.get());
        }
        Optional<String> answered = line(ran, ANSWERED);
        if (answered.isPresent()) {
            return new PowerAnswer.Failed(answered.get());
        }
        Optional<String> silent = line(ran, SILENT);
        return silent.isPresent()
                ? new PowerAnswer.Unreachable(silent.get())
                : new PowerAnswer.Failed(lines(ran)
                        .filter(Predicate.not(String::isBlank))
                        .reduce((first, second) -> second)
                        .map(this::told)
                        .orElse("exit code " + ran.exitCode()));
    }

    private boolean says(Program.Ran ran, String words) {
        return line(ran, List.of(words)).isPresent();
    }

    /** The first line with one of these words in it. */
    private Optional<String> line(Program.Ran ran, List<String> words) {
        return lines(ran)
                .filter(line -> words.stream().anyMatch(line.toLowerCase(Locale.ROOT)::contains))
                .findFirst()
                .map(this::told);
    }

    private String told(String line) {
        return Program.line(controller.password().isEmpty() ? line : line.replace(controller.password(), "…"));
    }

    /** Without the command line that the program says it runs: that is no answer, and older versions print the password in it. */
    private Stream<String> lines(Program.Ran ran) {
        return ran.output()
                .lines()
                .filter(line -> !line.contains("Executing:") && !line.contains("Unable to run"))
                .filter(line -> !line.contains("Please use '-h' for usage"));
    }
}
