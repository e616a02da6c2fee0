package dev.sternpost.agent.availability;

import java.util.Locale;

/** Constants as words of the agent protocol: LEAVE_ON is "leaveOn". */
public final class ProtocolWords {
    private ProtocolWords() {}

    /** The word of a constant. */
    public static String word(Enum<?> value) {
        return word(value.name());
    }

    static String word(String name) {
        StringBuilder word = new StringBuilder();
        for (String part : name.toLowerCase(Locale.ROOT).split("_")) {
            word.append(word.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return word.toString();
    }

    /**
     * The constant of a word.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Enum.valueOf(type, word.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
    }
}
