package dev.sternpost.cli.shell;

import java.util.regex.Pattern;

/** Text from elsewhere, such as a guest's console, made safe for a terminal: it must not move the cursor or make the terminal answer. */
public final class PlainText {
    /** ECMA-48 control sequences, and the shorter escape sequences. */
    private static final Pattern SEQUENCE = Pattern.compile("\\x1b(?:\\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

    private PlainText() {}

    /** The same without control sequences and control characters; lines and tabs stay. */
    public static String lines(String text) {
        return CONTROL.matcher(SEQUENCE.matcher(text).replaceAll("")).replaceAll("");
    }

    /** The same as one line. */
    public static String line(String text) {
        return CONTROL.matcher(
                        SEQUENCE.matcher(text).replaceAll("").replace('\n', ' ').replace('\t', ' '))
                .replaceAll("");
    }
}
