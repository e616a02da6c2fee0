package dev.sternpost.inventory;

/**
 * Id of a folder, such as "group-v3". The letter says what the folder holds.
 *
 * @param value the id with its prefix
 */
public record FolderId(String value) implements ManagedObjectId {
    static final String PREFIX = "group-";

    /** The one folder without a parent. */
    public static final FolderId ROOT = new FolderId("group-d1");

    public FolderId {
        IdFormat.check(PREFIX + type(value).letter(), value);
    }

    /** The id with a number. */
    public static FolderId of(FolderType type, long number) {
        return new FolderId(PREFIX + type.letter() + number);
    }

    /** What the folder holds. */
    public FolderType type() {
        return type(value);
    }

    private static FolderType type(String value) {
        if (value.startsWith(PREFIX) && value.length() > PREFIX.length()) {
            for (FolderType type : FolderType.values()) {
                if (type.letter() == value.charAt(PREFIX.length())) {
                    return type;
                }
            }
        }
        throw new IllegalArgumentException("not the id of a folder: " + value);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.FOLDER;
    }

    @Override
    public String toString() {
        return value;
    }
}
