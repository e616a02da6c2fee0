package dev.sternpost.server.powercontrol;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A command that the administrator of the server has configured there: called with the host's name and {@code status}, {@code on} or
 * {@code off}. Its exit code says what came of it, its output is told to people:
 *
 * <ul>
 *   <li>0: done; of {@code status}, the first word of its output is {@code on}, {@code off} or {@code unknown}
 *   <li>3: was so already
 *   <li>4: wrong credentials
 *   <li>5: the machine's power control does not answer
 *   <li>any other: failed
 * </ul>
 */
final class CommandControl implements PowerControl {
    private static final int ALREADY = 3;
    private static final int CREDENTIALS = 4;
    private static final int UNREACHABLE = 5;

    private final Path command;
    private final String hostName;
    private final Duration patience;

    CommandControl(Path command, String hostName, Duration patience) {
        this.command = command;
        this.hostName = hostName;
        this.patience = patience;
    }

    @Override
    public PowerAnswer state() {
        return run("status", ran -> switch (ran.output().strip().split("\\s+", 2)[0]) {
            case "on" -> new PowerAnswer.Is(PowerAnswer.MachinePower.ON);
            case "off" -> new PowerAnswer.Is(PowerAnswer.MachinePower.OFF);
            case "unknown" -> new PowerAnswer.Is(PowerAnswer.MachinePower.UNKNOWN);
            default -> new PowerAnswer.Failed("status printed neither on, off nor unknown: " + ran.detail());
        });
    }

    @Override
    public PowerAnswer on() {
        return run("on", ran -> new PowerAnswer.Done());
    }

    @Override
    public PowerAnswer off() {
        return run("off", ran -> new PowerAnswer.Done());
    }

    private PowerAnswer run(String verb, Function<Program.Ran, PowerAnswer> success) {
        try {
            return new Program(List.of(command.toString(), hostName, verb), patience)
                    .run("", ran -> switch (ran.exitCode()) {
                        case 0 -> success.apply(ran);
                        case ALREADY -> new PowerAnswer.Already();
                        case CREDENTIALS -> new PowerAnswer.CredentialsRefused(ran.detail());
                        case UNREACHABLE -> new PowerAnswer.Unreachable(ran.detail());
                        default -> new PowerAnswer.Failed(ran.detail());
                    });
        } catch (Program.NotStartedException e) {
            return new PowerAnswer.Failed("%s cannot be run: %s".formatted(command, e.getMessage()));
        }
    }
}
