package dev.sternpost.cli.demo;

import dev.sternpost.cli.shell.Table;
import java.io.PrintStream;

/** The demonstration as it is told: chapters, the command that would do the same, and its real output. */
final class Story {
    private final PrintStream out;
    private int chapters;

    Story(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        chapters++;
        out.printf("%n%d. %s%n", chapters, title);
    }

    /** What a reader would type. */
    void command(String command) {
        out.println("   $ sternpost " + command);
    }

    void say(String sentence) {
        out.println("   " + sentence);
    }

    /** Output of something else, made safe for a terminal. */
    void quote(String text) {
        text.lines().filter(line -> !line.isBlank()).forEach(line -> out.println("   | " + Table.cell(line)));
    }

    PrintStream out() {
        return out;
    }
}
