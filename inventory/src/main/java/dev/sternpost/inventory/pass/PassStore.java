package dev.sternpost.inventory.pass;

import dev.sternpost.inventory.ClusterId;
import java.util.List;
import java.util.Optional;

/**
 * Keeps passes. Of each cluster the newest are kept, as many as {@link Kept} says; older ones are removed when new ones
 * come, those of clusters that are gone by {@link #removeAll}.
 */
public interface PassStore {
    /** Most passes of one answer. */
    int LIST_MAX = 1_000;

    /**
     * How much is kept of one cluster; a little more may be, since old passes are removed now and then.
     *
     * @param passes most passes
     * @param bytes most bytes of content; the newest pass is always kept
     */
    record Kept(int passes, long bytes) {
        /** A day at a pass a minute, and not more than 256 MiB. */
        public static final Kept DEFAULT = new Kept(1_440, 256L << 20);

        public Kept {
            if (passes < 1 || bytes < 1) {
                throw new IllegalArgumentException("at least something is kept");
            }
        }
    }

    /** Stores a pass, whatever its number, and returns it with the number it got. */
    StoredPass add(StoredPass pass, byte[] content);

    /** The newest passes of a cluster with a number below {@code before}, newest first. */
    List<StoredPass> list(ClusterId clusterId, long before, int limit);

    Optional<StoredPass> find(long number);

    /** What was stored with a pass; empty when there is no such pass. */
    Optional<byte[]> content(long number);

    /** Removes the passes of a cluster. */
    void removeAll(ClusterId clusterId);
}
