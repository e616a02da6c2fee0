package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Whether to wait for a task, and how long. */
public final class WaitOptions {
    @Option(names = "--wait", order = 80, description = "Wait for the task and show how it goes. This is the default.")
    boolean wait;

    @Option(names = "--no-wait", order = 81, description = "Return as soon as the server has accepted the task.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            order = 82,
            converter = DurationConverter.class,
            description = "How long to wait at most, like 30s or 5m; the task itself goes on. Default: 15m.")
    Duration timeout = Duration.ofMinutes(15);

    /** Whether to wait. */
    public boolean isWaiting() {
        return !noWait;
    }

    /** How long to wait at most. */
    public Duration timeout() {
        return timeout;
    }

    /** Reads 30s, 5m, 2h. */
    public static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Times.parse(value);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
