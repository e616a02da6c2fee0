package dev.sternpost.inventory;

/**
 * Id of a datacenter, such as "datacenter-2".
 *
 * @param value the id with its prefix
 */
public record DatacenterId(String value) implements ManagedObjectId {
    static final String PREFIX = "datacenter-";

    public DatacenterId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static DatacenterId of(long number) {
        return new DatacenterId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.DATACENTER;
    }

    @Override
    public String toString() {
        return value;
    }
}
