package dev.sternpost.inventory;

/**
 * Id of a cluster, such as "domain-c8".
 *
 * @param value the id with its prefix
 */
public record ClusterId(String value) implements ManagedObjectId {
    static final String PREFIX = "domain-c";

    public ClusterId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static ClusterId of(long number) {
        return new ClusterId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CLUSTER;
    }

    @Override
    public String toString() {
        return value;
    }
}
