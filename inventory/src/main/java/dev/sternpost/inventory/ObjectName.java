package dev.sternpost.inventory;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.UUID;

/**
 * What a managed object may be called: 1 to 80 characters, no slash (it separates paths), no control characters, no
 * space at either end, and nothing that could be taken for an id or a UUID of another object.
 */
public final class ObjectName {
    /** Longest name, in characters. */
    public static final int LENGTH_MAX = 80;

    /**
     * Ids given out begin here, so that a host can be called "host-3". Names that look like an id with such a number
     * are refused: an id must never mean one object today and another tomorrow.
     */
    public static final long ID_NUMBER_MIN = 1001;

    private static final int UUID_LENGTH = 36;

    private ObjectName() {}

    /**
     * The name, when it is one.
     *
     * @throws FaultException NAME_INVALID
     */
    public static String check(String name) {
        String problem = problem(name);
        if (!problem.isEmpty()) {
            throw new FaultException(
                    FaultCode.NAME_INVALID, "The name \"%s\" %s. Choose another.".formatted(shown(name), problem));
        }
        return name;
    }

    /** Whether an object may be called so. */
    public static boolean isValid(String name) {
        return problem(name).isEmpty();
    }

    /** Whether the text has the form of a UUID. */
    static boolean isUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String problem(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        if (name.length() > LENGTH_MAX) {
            return "has more than " + LENGTH_MAX + " characters";
        }
        if (name.indexOf('/') >= 0) {
            return "has a slash";
        }
        if (name.equals(".") || name.equals("..")) {
            return "is kept for paths";
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            return "has control characters";
        }
        if (!name.strip().equals(name)) {
            return "begins or ends with a space";
        }
        if (isUuid(name)) {
            return "looks like a UUID";
        }
        if (ManagedObjectId.tryParse(name)
                .filter(id -> id.number() >= ID_NUMBER_MIN)
                .isPresent()) {
            return "looks like the id of an object";
        }
        return "";
    }

    private static String shown(String name) {
        String start = name.length() <= LENGTH_MAX ? name : name.substring(0, LENGTH_MAX) + "…";
        return start.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
