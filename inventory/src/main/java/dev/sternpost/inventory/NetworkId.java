package dev.sternpost.inventory;

/**
 * Id of a network, such as "network-13".
 *
 * @param value the id with its prefix
 */
public record NetworkId(String value) implements ManagedObjectId {
    static final String PREFIX = "network-";

    public NetworkId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static NetworkId of(long number) {
        return new NetworkId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NETWORK;
    }

    @Override
    public String toString() {
        return value;
    }
}
