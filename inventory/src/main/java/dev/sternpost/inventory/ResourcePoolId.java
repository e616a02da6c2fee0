package dev.sternpost.inventory;

/**
 * Id of a resource pool, such as "resgroup-9".
 *
 * @param value the id with its prefix
 */
public record ResourcePoolId(String value) implements ManagedObjectId {
    static final String PREFIX = "resgroup-";

    public ResourcePoolId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static ResourcePoolId of(long number) {
        return new ResourcePoolId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.RESOURCE_POOL;
    }

    @Override
    public String toString() {
        return value;
    }
}
