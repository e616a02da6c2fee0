package dev.sternpost.inventory.store;

import dev.sternpost.inventory.ManagedObject;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who did what, as it was committed.
 *
 * @param sequence position in the order of commits
 * @param time when it was committed, by the store's clock
 * @param revision of the commit it belongs to
 * @param draft who did what
 * @param before the subject before the commit; null when it did not exist or was not changed
 * @param after the subject after the commit; null when it was removed or was not changed
 */
public record AuditEntry(
        long sequence,
        Instant time,
        long revision,
        AuditDraft draft,
        @Nullable ManagedObject before,
        @Nullable ManagedObject after) {
    public AuditEntry {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(draft, "draft");
    }
}
