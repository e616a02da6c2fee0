package dev.sternpost.inventory;

/**
 * Id of a host, such as "host-12".
 *
 * @param value the id with its prefix
 */
public record HostId(String value) implements ManagedObjectId {
    static final String PREFIX = "host-";

    public HostId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static HostId of(long number) {
        return new HostId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.HOST;
    }

    @Override
    public String toString() {
        return value;
    }
}
