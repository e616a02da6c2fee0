package dev.sternpost.inventory;

/** Argument checks of the records; a broken one is the programmer's mistake, not a caller's. */
final class Checks {
    private Checks() {}

    static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, not " + value);
        }
        return value;
    }

    static long positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, not " + value);
        }
        return value;
    }

    static long notNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " must not be negative, but is " + value);
        }
        return value;
    }

    static String notBlank(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(what + " must not be blank");
        }
        return value;
    }

    /** The name and version every managed object has. */
    static void object(ManagedObjectId id, String name, long version) {
        if (!ObjectName.isValid(name)) {
            throw new IllegalArgumentException(id + " cannot have the name \"" + name + "\"");
        }
        notNegative("version", version);
    }
}
