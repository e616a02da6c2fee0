package dev.sternpost.db.inventory;

import dev.sternpost.db.json.Json;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Committed;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A whole commit in one statement: its place, objects, change log, audit and events. For writes that change objects there are, or
 * add new ones, but not both: nothing says in which order one statement does its parts.
 */
final class CommitStatement {
    private static final String PLACE = """
            with place as (
                update commit_counter
                set revision = revision + 1, event_sequence = event_sequence + ?, audit_sequence = audit_sequence + ?
                returning revision, event_sequence - ? as events_before, audit_sequence - ? as audits_before,
                    clock_timestamp() as time
            ), given as (
                select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])
                    as given (id, kind, name, parent_id, uuid, version, body)
            ),""";
    /** Reading the place comes first, so that the counter is locked before any object. */
    private static final String UPDATE = """
            changed as (
                update managed_object o
                set name = given.name, parent_id = given.parent_id, uuid = given.uuid::uuid, version = given.version,
                    body = given.body::jsonb
                from place cross join given
                where o.id = given.id and o.version = given.version - 1
                returning o.id
            ),""";

    private static final String INSERT = """
            changed as (
                insert into managed_object (id, kind, name, parent_id, uuid, version, body)
                select id, kind, name, parent_id, uuid::uuid, version, body::jsonb from place cross join given
                returning id
            ),""";
    /** What an object was before is read from the state before the statement. */
    private static final String REST = """
            logged as (
                insert into change_log (revision, changes) select revision, ?::jsonb from place
            ), audited as (
                insert into audit (sequence, time, revision, user_name, action, subject_id, task_id, before, after)
                select place.audits_before + a.n, place.time, place.revision, a.user_name, a.action, a.subject_id,
                    a.task_id, o.body, given.body::jsonb
                from place
                cross join unnest(?::text[], ?::text[], ?::text[], ?::text[]) with ordinality
                    as a (user_name, action, subject_id, task_id, n)
                left join given on given.id = a.subject_id
                left join managed_object o on o.id = given.id
            ), told as (
                insert into event (sequence, time, type, severity, subject_id, subject_name, host_id, user_name,
                    task_id, message, occurred)
                select place.events_before + e.n, place.time, e.type, e.severity, e.subject_id, e.subject_name,
                    e.host_id, e.user_name, e.task_id, e.message, e.occurred::timestamptz
                from place
                cross join unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                    ?::text[], ?::text[]) with ordinality
                    as e (type, severity, subject_id, subject_name, host_id, user_name, task_id, message, occurred, n)
            )
            select revision, events_before, time, array(select id from changed) from place""";

    private static final String UPDATING = PLACE + "\n" + UPDATE + "\n" + REST;
    private static final String INSERTING = PLACE + "\n" + INSERT + "\n" + REST;

    /** What the statement answers. */
    private record Answer(long revision, long eventsBefore, Instant time, Set<String> changed) {}

    private final JdbcTemplate jdbc;
    private final InventoryWrite write;
    private final List<ObjectChange> changes;
    private final List<ManagedObject> objects = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();

    CommitStatement(JdbcTemplate jdbc, InventoryWrite write) {
        this.jdbc = jdbc;
        this.write = write;
        this.changes = PgInventoryStore.changes(write);
        for (ObjectChange change : changes) {
            ManagedObject object = ((InventoryDelta.Put) change).object();
            objects.add(object);
            bodies.add(ObjectJson.write(object));
        }
    }

    /** Whether one statement can do it. */
    static boolean takes(InventoryWrite write) {
        long puts = write.changes().stream().filter(Put.class::isInstance).count();
        long inserts = write.changes().stream()
                .filter(change -> change.expectedVersion() == 0)
                .count();
        long ids = write.changes().stream()
                .map(InventoryWrite.Change::id)
                .distinct()
                .count();
        return puts == write.changes().size() && (inserts == 0 || inserts == puts) && ids == puts;
    }

    /** To be called in a transaction. */
    Committed run() {
        boolean inserting =
                !write.changes().isEmpty() && write.changes().getFirst().expectedVersion() == 0;
        Answer answer;
        try {
            answer = Objects.requireNonNull(
                            jdbc.query(inserting ? INSERTING : UPDATING, (row, index) -> answer(row), parameters()))
                    .getFirst();
        } catch (DataIntegrityViolationException e) {
            throw CommitFaults.of(e, false);
        }
        for (InventoryWrite.Change change : write.changes()) {
            if (!answer.changed().contains(change.id().value())) {
                throw CommitFaults.changed(change.id(), change.expectedVersion());
            }
        }
        List<Event> events = new ArrayList<>();
        for (EventDraft draft : write.events()) {
            events.add(new Event(answer.eventsBefore() + events.size() + 1, answer.time(), draft));
        }
        return new Committed(new InventoryDelta(answer.revision(), changes), events);
    }

    private static Answer answer(ResultSet row) throws SQLException {
        Array changed = row.getArray(4);
        return new Answer(
                row.getLong(1),
                row.getLong(2),
                row.getObject(3, OffsetDateTime.class).toInstant(),
                new HashSet<>(Arrays.asList((String[]) changed.getArray())));
    }

    private Object[] parameters() {
        List<EventDraft> events = write.events();
        List<AuditDraft> audits = write.audits();
        return new Object[] {
            events.size(),
            audits.size(),
            events.size(),
            audits.size(),
            texts(objects, object -> object.id().value()),
            texts(objects, object -> object.kind().name()),
            texts(objects, ManagedObject::name),
            texts(objects, ObjectRows::parentId),
            texts(objects, object -> text(ObjectRows.uuid(object))),
            objects.stream().map(ManagedObject::version).toArray(Long[]::new),
            bodies.toArray(String[]::new),
            ObjectJson.writePuts(objects, bodies),
            texts(audits, AuditDraft::userName),
            texts(audits, AuditDraft::action),
            texts(audits, audit -> value(audit.subjectId())),
            texts(audits, AuditDraft::taskId),
            texts(events, event -> event.type().name()),
            texts(events, event -> event.severity().name()),
            texts(events, event -> value(event.subjectId())),
            texts(events, EventDraft::subjectName),
            texts(events, event -> value(event.hostId())),
            texts(events, EventDraft::userName),
            texts(events, EventDraft::taskId),
            texts(events, event -> Json.storable(event.message())),
            texts(events, event -> text(event.occurredTime()))
        };
    }

    private static <T> @Nullable String[] texts(List<T> rows, Function<T, @Nullable String> column) {
        @Nullable String[] texts = new String[rows.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = column.apply(rows.get(i));
        }
        return texts;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable String value(@Nullable ManagedObjectId id) {
        return id == null ? null : id.value();
    }
}
