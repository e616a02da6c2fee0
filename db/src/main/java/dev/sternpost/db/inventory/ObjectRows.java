package dev.sternpost.db.inventory;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code managed_object}. */
final class ObjectRows {
    private static final String INSERT = """
            insert into managed_object (id, kind, name, parent_id, uuid, version, body)
            values (?, ?, ?, ?, ?, ?, ?::jsonb)""";
    private static final String UPDATE = """
            update managed_object
            set name = ?, parent_id = ?, uuid = ?, version = ?, body = ?::jsonb
            where id = ? and version = ?""";
    private static final String DELETE = "delete from managed_object where id = ? and version = ?";

    /** Rows fetched at once when everything is read. */
    private static final int FETCH_SIZE = 2_000;

    private final JdbcTemplate jdbc;
    private final JdbcTemplate bulk;

    ObjectRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.bulk = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        this.bulk.setFetchSize(FETCH_SIZE);
    }

    /** Everything, and the revision it is of. One statement sees one moment, so that no transaction is needed. */
    InventorySnapshot snapshot() {
        List<ManagedObject> objects = new ArrayList<>();
        long[] revision = new long[1];
        bulk.query("select kind, body, (select revision from commit_counter) from managed_object", row -> {
            objects.add(ObjectJson.read(ObjectKind.valueOf(row.getString(1)), row.getString(2)));
            revision[0] = row.getLong(3);
        });
        return InventorySnapshot.of(revision[0], objects);
    }

    Optional<ManagedObject> find(ManagedObjectId id) {
        return jdbc
                .query(
                        "select kind, body from managed_object where id = ?",
                        (row, index) -> ObjectJson.read(ObjectKind.valueOf(row.getString(1)), row.getString(2)),
                        id.value())
                .stream()
                .findFirst();
    }

    private enum Statement {
        INSERT,
        UPDATE,
        DELETE
    }

    /** Writes the outcomes of changes, in order; neighbours of the same sort go to the database together. */
    void write(List<Change> changes, List<ObjectChange> outcomes) {
        int begin = 0;
        while (begin < changes.size()) {
            Statement statement = statement(changes.get(begin), outcomes.get(begin));
            int end = begin + 1;
            while (end < changes.size() && statement(changes.get(end), outcomes.get(end)) == statement) {
                end++;
            }
            run(statement, changes.subList(begin, end), outcomes.subList(begin, end));
            begin = end;
        }
    }

    private static Statement statement(Change change, ObjectChange outcome) {
        return switch (outcome) {
            case InventoryDelta.Put put -> change.expectedVersion() == 0 ? Statement.INSERT : Statement.UPDATE;
            case InventoryDelta.Removed removed -> Statement.DELETE;
        };
    }

    private void run(Statement statement, List<Change> changes, List<ObjectChange> outcomes) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            long expectedVersion = changes.get(i).expectedVersion();
            rows.add(
                    switch (outcomes.get(i)) {
                        case InventoryDelta.Put put ->
                            statement == Statement.INSERT
                                    ? insertRow(put.object())
                                    : updateRow(put.object(), expectedVersion);
                        case InventoryDelta.Removed removed ->
                            new Object[] {removed.id().value(), expectedVersion};
                    });
        }
        int[] counts = run(statement, rows);
        for (int i = 0; i < counts.length; i++) {
            // Inserts that the driver has joined report no count; they either happen or throw.
            if (counts[i] == 0) {
                throw CommitFaults.changed(changes.get(i).id(), changes.get(i).expectedVersion());
            }
        }
    }

    private int[] run(Statement statement, List<@Nullable Object[]> rows) {
        try {
            return jdbc.batchUpdate(
                    switch (statement) {
                        case INSERT -> INSERT;
                        case UPDATE -> UPDATE;
                        case DELETE -> DELETE;
                    },
                    rows);
        } catch (DataIntegrityViolationException e) {
            throw CommitFaults.of(e, statement == Statement.DELETE);
        }
    }

    private static @Nullable Object[] insertRow(ManagedObject object) {
        return new @Nullable Object[] {
            object.id().value(),
            object.kind().name(),
            object.name(),
            parentId(object),
            uuid(object),
            object.version(),
            ObjectJson.write(object)
        };
    }

    private static @Nullable Object[] updateRow(ManagedObject object, long expectedVersion) {
        return new @Nullable Object[] {
            object.name(),
            parentId(object),
            uuid(object),
            object.version(),
            ObjectJson.write(object),
            object.id().value(),
            expectedVersion
        };
    }

    static @Nullable String parentId(ManagedObject object) {
        ManagedObjectId parentId = object.parentId();
        return parentId == null ? null : parentId.value();
    }

    static @Nullable UUID uuid(ManagedObject object) {
        if (object instanceof VirtualMachine vm) {
            return vm.uuid();
        }
        return object instanceof Datastore datastore ? datastore.uuid() : null;
    }
}
