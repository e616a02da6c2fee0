package dev.sternpost.agent.vmdirectory;

import java.util.regex.Pattern;

/** Rules for names that come from outside and end up in paths and command lines. */
public final class Names {

    /** Longest display name and file name base. */
    public static final int NAME_CHARS_MAX = 80;

    private static final int FILE_NAME_CHARS_MAX = 200;
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9]{0,31}");

    private Names() {}

    /**
     * A name people gave: 1 to 80 characters, no slash, no control characters, not "." or "..", no space at either end.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static String checkDisplayName(String name, String what) {
        check(name, what, NAME_CHARS_MAX);
        if (!name.equals(name.strip())) {
            throw new IllegalArgumentException(what + " must not begin or end with a space: \"" + name + "\"");
        }
        return name;
    }

    /**
     * The name of a file directly inside a directory.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static String checkFileName(String name, String what) {
        return check(name, what, FILE_NAME_CHARS_MAX);
    }

    /** A short machine-made label such as "disk0". */
    static String checkLabel(String label, String what) {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException(
                    what + " must be a lower case letter with at most 31 letters and digits after it, not \"" + label
                            + "\"");
        }
        return label;
    }

    private static String check(String name, String what, int charsMax) {
        if (name.isEmpty() || name.length() > charsMax) {
            throw new IllegalArgumentException(what + " must have 1 to " + charsMax + " characters");
        }
        if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(what + " must not be \".\", \"..\" or contain \"/\": \"" + name + "\"");
        }
        if (name.chars().anyMatch(Names::isForbidden)) {
            throw new IllegalArgumentException(what + " must not contain control characters");
        }
        return name;
    }

    // Format characters and lone surrogates can make two names look alike or a path unwritable.
    private static boolean isForbidden(int unit) {
        return Character.isISOControl(unit) || Character.getType(unit) == Character.FORMAT;
    }
}
