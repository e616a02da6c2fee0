package dev.sternpost.cli.shell;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them; units are powers of 1024, as in all of the product. */
public final class Sizes {
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final String[] NAMES = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /**
     * Bytes of "128M", "1.5 GiB", "512".
     *
     * @throws IllegalArgumentException when it is no size
     */
    public static long parse(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"%s\" is no size; write it like 128M or 1.5G".formatted(text));
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
        double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(1024, power);
        if (bytes > Long.MAX_VALUE / 2.0) {
            throw new IllegalArgumentException("\"%s\" is too large".formatted(text));
        }
        return Math.round(bytes);
    }

    /** "128 MiB", "1.5 GiB". */
    public static String format(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < NAMES.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = value >= 100 || Math.abs(value - Math.rint(value)) < 0.05;
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, NAMES[unit]);
    }
}
