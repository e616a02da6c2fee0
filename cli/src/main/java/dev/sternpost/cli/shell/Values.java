package dev.sternpost.cli.shell;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads values of options; all complain with an IllegalArgumentException that says what is expected. */
public final class Values {
    private Values() {}

    /** A whole number from 0. */
    public static int whole(String text) {
        long number = number(text);
        if (number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("\"%s\" is too large".formatted(text));
        }
        return (int) number;
    }

    /** A whole number from 0. */
    public static long number(String text) {
        try {
            long number = Long.parseLong(text.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"%s\" is no number".formatted(text), e);
        }
        throw new IllegalArgumentException("\"%s\" is less than 0".formatted(text));
    }

    /** One of an enum's names, in any case. */
    public static <E extends Enum<E>> E choice(Class<E> type, String text) {
        E[] all = type.getEnumConstants();
        for (E one : all) {
            if (one.name().equals(text.strip().toLowerCase(Locale.ROOT))) {
                return one;
            }
        }
        throw new IllegalArgumentException("\"%s\" is none of %s"
                .formatted(text, Arrays.stream(all).map(Enum::name).collect(Collectors.joining(", "))));
    }
}
