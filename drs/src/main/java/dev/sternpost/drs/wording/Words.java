package dev.sternpost.drs.wording;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures and lists in words, independent of the machine's language. */
public final class Words {
    private Words() {}

    /** A format string filled in. */
    public static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** A part of one as percent, such as "73.5 %". */
    public static String percent(double part) {
        // Said many times in a pass; a format string would be read again each time.
        long tenths = Math.round(part * 1_000);
        return (tenths < 0 ? "-" : "") + Math.abs(tenths) / 10 + "." + Math.abs(tenths) % 10 + " %";
    }

    /** With the given number of digits after the point. */
    public static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** Bytes in MiB, such as "512 MiB". */
    public static String mib(double bytes) {
        return Math.round(bytes / (1L << 20)) + " MiB";
    }

    /** "1 move", "2 moves". */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Joined by "and". */
    public static String all(Collection<?> things) {
        return things.stream().map(Object::toString).collect(Collectors.joining(" and "));
    }
}
