package dev.sternpost.db.inventory;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.AuditEntry;
import dev.sternpost.inventory.store.InventoryWrite;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code audit}. */
final class AuditRows {
    private static final String COLUMNS =
            "sequence, time, revision, user_name, action, subject_id, task_id, before, after";

    private final JdbcTemplate jdbc;

    AuditRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The objects that are about to change and are subjects of audit entries, as they are now. */
    Map<ManagedObjectId, ManagedObject> subjects(InventoryWrite write, ObjectRows objects) {
        Map<ManagedObjectId, ManagedObject> found = new HashMap<>();
        for (AuditDraft draft : write.audits()) {
            ManagedObjectId id = draft.subjectId();
            if (id != null
                    && write.changes().stream().anyMatch(change -> change.id().equals(id))) {
                objects.find(id).ifPresent(object -> found.put(id, object));
            }
        }
        return found;
    }

    void insert(
            List<AuditDraft> drafts,
            long lastSequence,
            Instant time,
            InventoryDelta delta,
            Map<ManagedObjectId, ManagedObject> before) {
        Map<ManagedObjectId, ManagedObject> after = new HashMap<>();
        for (InventoryDelta.ObjectChange change : delta.changes()) {
            if (change instanceof InventoryDelta.Put put) {
                after.put(put.id(), put.object());
            }
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (AuditDraft draft : drafts) {
            ManagedObjectId id = draft.subjectId();
            rows.add(new @Nullable Object[] {
                lastSequence + rows.size() + 1,
                time.atOffset(ZoneOffset.UTC),
                delta.revision(),
                draft.userName(),
                draft.action(),
                id == null ? null : id.value(),
                draft.taskId(),
                id == null ? null : json(before.get(id)),
                id == null ? null : json(after.get(id))
            });
        }
        if (!rows.isEmpty()) {
            jdbc.batchUpdate(
                    "insert into audit (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb)", rows);
        }
    }

    private static @Nullable String json(@Nullable ManagedObject object) {
        return object == null ? null : ObjectJson.write(object);
    }

    List<AuditEntry> find(ManagedObjectId subjectId, int limit) {
        return jdbc.query(
                "select " + COLUMNS + " from audit where subject_id = ? order by sequence desc limit ?",
                (row, index) -> entry(row),
                subjectId.value(),
                limit);
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        String subjectId = row.getString("subject_id");
        String before = row.getString("before");
        String after = row.getString("after");
        return new AuditEntry(
                row.getLong("sequence"),
                row.getObject("time", OffsetDateTime.class).toInstant(),
                row.getLong("revision"),
                new AuditDraft(
                        row.getString("user_name"),
                        row.getString("action"),
                        subjectId == null ? null : ManagedObjectId.parse(subjectId),
                        row.getString("task_id")),
                before == null ? null : ObjectJson.read(before),
                after == null ? null : ObjectJson.read(after));
    }
}
