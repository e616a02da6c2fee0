package dev.sternpost.agent.availability.store;

import java.util.regex.Pattern;

/** What a slot may be called: fits into a directory entry of every store, and is a plain file name. */
final class SlotName {
    static final int LENGTH_MAX = 63;

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0," + (LENGTH_MAX - 1) + "}");

    private SlotName() {}

    static String checked(String slot) {
        if (!ALLOWED.matcher(slot).matches()) {
            throw new IllegalArgumentException("not a slot's name: " + slot);
        }
        return slot;
    }
}
