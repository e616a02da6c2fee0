package dev.sternpost.cli.shell;

import java.io.PrintStream;

/** Progress on standard error: a bar drawn over itself on a terminal, plain lines elsewhere. */
public final class Progress {
    private static final int BAR_WIDTH = 24;
    private static final int LINE_WIDTH_MAX = 100;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream err;
    private final boolean bars;
    private String drawn = "";

    public Progress(Shell shell) {
        this.err = shell.err();
        this.bars = shell.bars();
    }

    /** Draws the bar anew; nothing where there are no bars. */
    public synchronized void bar(String what, int percent, String doing) {
        if (!bars) {
            return;
        }
        int full = BAR_WIDTH * Math.clamp(percent, 0, 100) / 100;
        String text =
                "%s [%s%s] %3d %%  %s".formatted(what, "#".repeat(full), "-".repeat(BAR_WIDTH - full), percent, doing);
        text = Table.cell(text.length() > LINE_WIDTH_MAX ? text.substring(0, LINE_WIDTH_MAX) : text);
        if (!text.equals(drawn)) {
            err.print(CLEAR_LINE + text);
            err.flush();
            drawn = text;
        }
    }

    /** A line that stays, above the bar. */
    public synchronized void line(String text) {
        String bar = drawn;
        clear();
        err.println(text);
        if (!bar.isEmpty()) {
            err.print(bar);
            err.flush();
            drawn = bar;
        }
    }

    /** A line that stays, where there are no bars. */
    public synchronized void plainLine(String text) {
        if (!bars) {
            err.println(text);
        }
    }

    /** Takes the bar away. */
    public synchronized void clear() {
        if (!drawn.isEmpty()) {
            err.print(CLEAR_LINE);
            err.flush();
            drawn = "";
        }
    }
}
