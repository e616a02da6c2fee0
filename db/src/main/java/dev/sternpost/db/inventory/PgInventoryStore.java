package dev.sternpost.db.inventory;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditEntry;
import dev.sternpost.inventory.store.Committed;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import dev.sternpost.inventory.store.InventoryWrite.Remove;
import dev.sternpost.inventory.store.Transactions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The inventory in PostgreSQL. Each commit first locks the one row of {@code commit_counter}, so that commits take
 * place one after the other in the order of their revisions. Others wait meanwhile: nearly every commit is therefore one
 * statement, {@link CommitStatement}.
 */
public final class PgInventoryStore implements InventoryStore {
    /** Deltas kept for watchers that resume, unless told otherwise. */
    public static final int DELTAS_KEPT_DEFAULT = 10_000;

    private final JdbcTemplate jdbc;
    private final Transactions transactions;
    private final int deltasKept;
    private final ObjectRows objects;
    private final EventRows events;
    private final AuditRows audits;

    public PgInventoryStore(JdbcTemplate jdbc, Transactions transactions, int deltasKept) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.deltasKept = deltasKept;
        this.objects = new ObjectRows(jdbc);
        this.events = new EventRows(jdbc);
        this.audits = new AuditRows(jdbc);
    }

    /** What a commit was given by the counter: its revision, and the last sequences before its own. */
    private record Place(long revision, long eventSequence, long auditSequence, Instant time) {}

    @Override
    public InventorySnapshot load() {
        return objects.snapshot();
    }

    @Override
    public Committed commit(InventoryWrite write) {
        return transactions.inTransaction(() -> {
            if (CommitStatement.takes(write)) {
                Committed committed = new CommitStatement(jdbc, write).run();
                forgetOld(committed.delta().revision());
                return committed;
            }
            Place place = place(write);
            Map<ManagedObjectId, ManagedObject> before = audits.subjects(write, objects);
            List<ObjectChange> changes = changes(write);
            objects.write(write.changes(), changes);
            InventoryDelta delta = new InventoryDelta(place.revision(), changes);
            log(delta);
            audits.insert(write.audits(), place.auditSequence(), place.time(), delta, before);
            return new Committed(delta, events.insert(write.events(), place.eventSequence(), place.time()));
        });
    }

    private Place place(InventoryWrite write) {
        return jdbc.query(
                        """
                        update commit_counter
                        set revision = revision + 1, event_sequence = event_sequence + ?,
                            audit_sequence = audit_sequence + ?
                        returning revision, event_sequence, audit_sequence, clock_timestamp()""",
                        (row, index) -> new Place(
                                row.getLong(1),
                                row.getLong(2) - write.events().size(),
                                row.getLong(3) - write.audits().size(),
                                row.getObject(4, OffsetDateTime.class).toInstant()),
                        write.events().size(),
                        write.audits().size())
                .getFirst();
    }

    static List<ObjectChange> changes(InventoryWrite write) {
        List<ObjectChange> changes = new ArrayList<>();
        for (Change change : write.changes()) {
            changes.add(
                    switch (change) {
                        case Put put -> new InventoryDelta.Put(put.object().withVersion(put.expectedVersion() + 1));
                        case Remove remove -> new InventoryDelta.Removed(remove.id());
                    });
        }
        return changes;
    }

    private void log(InventoryDelta delta) {
        jdbc.update(
                "insert into change_log (revision, changes) values (?, ?::jsonb)",
                delta.revision(),
                ObjectJson.writeChanges(delta.changes()));
        forgetOld(delta.revision());
    }

    private void forgetOld(long revision) {
        // A tenth more than wanted is kept, so that only every so many commits remove anything.
        if (revision % Math.max(1, deltasKept / 10) == 0) {
            jdbc.update("delete from change_log where revision <= ?", revision - deltasKept);
        }
    }

    @Override
    public List<InventoryDelta> deltasAfter(long revision, int limit) {
        return transactions.inTransaction(() -> {
            long current = queryLong("select revision from commit_counter");
            if (revision > current || revision < 0) {
                throw new FaultException(
                        FaultCode.CURSOR_INVALID, "This cursor is of a moment that has not come. List again.");
            }
            List<InventoryDelta> deltas = jdbc.query(
                    "select revision, changes from change_log where revision > ? order by revision limit ?",
                    (row, index) -> new InventoryDelta(row.getLong(1), ObjectJson.readChanges(row.getString(2))),
                    revision,
                    limit);
            boolean complete =
                    deltas.isEmpty() ? revision == current : deltas.getFirst().revision() == revision + 1;
            if (!complete) {
                throw new FaultException(
                        FaultCode.CURSOR_EXPIRED,
                        "The changes after this cursor are no longer kept. List again and watch from the new cursor.");
            }
            return deltas;
        });
    }

    @Override
    public long oldestRevision() {
        return queryLong(
                "select coalesce((select min(revision) - 1 from change_log), (select revision from commit_counter))");
    }

    @Override
    public List<Event> events(EventQuery query) {
        return events.find(query);
    }

    @Override
    public long lastEventSequence() {
        return queryLong("select event_sequence from commit_counter");
    }

    @Override
    public List<AuditEntry> audits(ManagedObjectId subjectId, int limit) {
        return audits.find(subjectId, limit);
    }

    @Override
    public long nextIdNumber() {
        return queryLong("select nextval('id_number')");
    }

    private long queryLong(String sql) {
        return jdbc.query(sql, (row, index) -> row.getLong(1)).getFirst();
    }
}
