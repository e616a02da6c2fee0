package dev.sternpost.inventory;

import java.util.Optional;

/**
 * Id of a managed object: stable, and never given out again. The prefix tells the kind.
 *
 * <p>Ordered by kind, then by number, so that {@code vm-9} comes before {@code vm-10}.
 */
public sealed interface ManagedObjectId extends Comparable<ManagedObjectId>
        permits FolderId, DatacenterId, ClusterId, HostId, ResourcePoolId, VirtualMachineId, DatastoreId, NetworkId {
    /** The id as people and programs write it. */
    String value();

    /** What the object is. */
    ObjectKind kind();

    /** The number after the prefix. */
    default long number() {
        return Long.parseLong(value(), IdFormat.numberStart(value()), value().length(), 10);
    }

    @Override
    default int compareTo(ManagedObjectId other) {
        // There is one class for each kind; asked for by every step of every search.
        if (getClass() != other.getClass()) {
            return kind().compareTo(other.kind());
        }
        // Same kind: the prefixes are equally long, and numbers have no leading zeros, so the shorter is the smaller.
        String mine = value();
        String others = other.value();
        int byLength = Integer.compare(mine.length(), others.length());
        return byLength != 0 ? byLength : mine.compareTo(others);
    }

    /**
     * Reads an id of any kind.
     *
     * @throws IllegalArgumentException when it is not the id of a managed object
     */
    static ManagedObjectId parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("not the id of a managed object: " + text));
    }

    /** Reads an id of any kind; empty when the text is something else, such as a name. */
    static Optional<ManagedObjectId> tryParse(String text) {
        int start = IdFormat.numberStart(text);
        if (!IdFormat.isNumber(text, start)) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                switch (text.substring(0, start)) {
                    case VirtualMachineId.PREFIX -> new VirtualMachineId(text);
                    case HostId.PREFIX -> new HostId(text);
                    case ClusterId.PREFIX -> new ClusterId(text);
                    case DatacenterId.PREFIX -> new DatacenterId(text);
                    case ResourcePoolId.PREFIX -> new ResourcePoolId(text);
                    case DatastoreId.PREFIX -> new DatastoreId(text);
                    case NetworkId.PREFIX -> new NetworkId(text);
                    case "group-d", "group-v", "group-h", "group-s", "group-n" -> new FolderId(text);
                    default -> null;
                });
    }
}
