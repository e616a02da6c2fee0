package dev.sternpost.inventory;

/**
 * Id of a datastore, such as "datastore-11".
 *
 * @param value the id with its prefix
 */
public record DatastoreId(String value) implements ManagedObjectId {
    static final String PREFIX = "datastore-";

    public DatastoreId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static DatastoreId of(long number) {
        return new DatastoreId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.DATASTORE;
    }

    @Override
    public String toString() {
        return value;
    }
}
