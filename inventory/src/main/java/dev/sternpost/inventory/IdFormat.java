package dev.sternpost.inventory;

/** What all ids have in common: a prefix, then a decimal number without leading zeros. */
final class IdFormat {
    /** Digits of the largest number that fits a long with room to spare. */
    static final int DIGITS_MAX = 18;

    private IdFormat() {}

    static void check(String prefix, String value) {
        if (!value.startsWith(prefix) || !isNumber(value, prefix.length())) {
            throw new IllegalArgumentException("an id of the form " + prefix + "N is wanted, not: " + value);
        }
    }

    static boolean isNumber(String value, int from) {
        int digits = value.length() - from;
        if (digits < 1 || digits > DIGITS_MAX || value.charAt(from) == '0') {
            return false;
        }
        for (int i = from; i < value.length(); i++) {
            if (!isDigit(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Where the number begins in an id that is known to be well formed. */
    static int numberStart(String value) {
        int start = value.length();
        while (start > 0 && isDigit(value.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
