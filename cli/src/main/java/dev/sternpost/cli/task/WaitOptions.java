package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import java.time.Duration;

/** Whether to wait for a task, and how long. */
public final class WaitOptions {
    private boolean waits = true;
    private Duration timeout = Duration.ofMinutes(15);

    void declare(Syntax syntax) {
        syntax.flag("--wait", "Wait for the task and show how it goes. This is the default.", () -> waits = true)
                .flag("--no-wait", "Return as soon as the server has accepted the task.", () -> waits = false)
                .option(
                        "--timeout",
                        "TIME",
                        "How long to wait at most, like 30s or 5m; the task itself goes on. Default: 15m.",
                        text -> timeout = Times.parse(text));
    }

    /** Whether to wait. */
    public boolean isWaiting() {
        return waits;
    }

    /** How long to wait at most. */
    public Duration timeout() {
        return timeout;
    }
}
