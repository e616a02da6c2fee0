package dev.sternpost.sim.kernel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What happened, line by line, each with its moment. */
public final class Trace {
    /** Lines of one run; more means that something repeats itself. */
    static final int LINES_MAX = 1_000_000;

    private final StringBuilder text = new StringBuilder();
    private int lines;

    void add(long millis, String line) {
        if (++lines > LINES_MAX) {
            throw new IllegalStateException("a trace of more than " + LINES_MAX + " lines");
        }
        long seconds = millis / 1_000;
        text.append(seconds / 3_600)
                .append(twoDigits(seconds / 60 % 60))
                .append(twoDigits(seconds % 60))
                .append("  ")
                .append(line)
                .append('\n');
    }

    private static String twoDigits(long number) {
        return (number < 10 ? ":0" : ":") + number;
    }

    /** All of it; times are hours, minutes and seconds from the beginning. */
    public String text() {
        return text.toString();
    }

    /** Tells two runs apart: SHA-256 in hexadecimal. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
