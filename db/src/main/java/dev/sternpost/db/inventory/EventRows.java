package dev.sternpost.db.inventory;

import dev.sternpost.db.json.Json;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventSeverity;
import dev.sternpost.inventory.event.EventType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code event}. */
final class EventRows {
    private static final String COLUMNS =
            "sequence, time, type, severity, subject_id, subject_name, host_id, user_name, task_id, message, occurred";

    private final JdbcTemplate jdbc;

    EventRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds events after the last sequence there is. */
    List<Event> insert(List<EventDraft> drafts, long lastSequence, Instant time) {
        List<Event> events = new ArrayList<>();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (EventDraft draft : drafts) {
            Event event = new Event(lastSequence + events.size() + 1, time, draft);
            events.add(event);
            rows.add(row(event));
        }
        if (!rows.isEmpty()) {
            jdbc.batchUpdate("insert into event (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows);
        }
        return events;
    }

    private static @Nullable Object[] row(Event event) {
        return new @Nullable Object[] {
            event.sequence(),
            event.time().atOffset(ZoneOffset.UTC),
            event.type().name(),
            event.severity().name(),
            value(event.subjectId()),
            event.subjectName(),
            value(event.hostId()),
            event.userName(),
            event.taskId(),
            Json.storable(event.message()),
            value(event.draft().occurredTime())
        };
    }

    private static @Nullable String value(@Nullable ManagedObjectId id) {
        return id == null ? null : id.value();
    }

    private static @Nullable OffsetDateTime value(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    List<Event> find(EventQuery query) {
        StringBuilder sql = new StringBuilder("select " + COLUMNS + " from event where ");
        List<Object> parameters = new ArrayList<>();
        boolean oldestFirst = query.order() == EventQuery.Order.OLDEST_FIRST;
        sql.append(oldestFirst ? "sequence > ?" : "sequence < ?");
        parameters.add(oldestFirst || query.bound() > 0 ? query.bound() : Long.MAX_VALUE);
        ManagedObjectId about = query.about();
        if (about != null) {
            sql.append(" and (subject_id = ? or host_id = ?)");
            parameters.addAll(List.of(about.value(), about.value()));
        }
        if (!query.taskId().isEmpty()) {
            sql.append(" and task_id = ? and task_id <> ''");
            parameters.add(query.taskId());
        }
        sql.append(oldestFirst ? " order by sequence limit ?" : " order by sequence desc limit ?");
        parameters.add(query.limit());
        return jdbc.query(sql.toString(), (row, index) -> event(row), parameters.toArray());
    }

    private static Event event(ResultSet row) throws SQLException {
        String subjectId = row.getString("subject_id");
        String hostId = row.getString("host_id");
        OffsetDateTime occurred = row.getObject("occurred", OffsetDateTime.class);
        return new Event(
                row.getLong("sequence"),
                row.getObject("time", OffsetDateTime.class).toInstant(),
                new EventDraft(
                        EventType.valueOf(row.getString("type")),
                        EventSeverity.valueOf(row.getString("severity")),
                        subjectId == null ? null : ManagedObjectId.parse(subjectId),
                        row.getString("subject_name"),
                        hostId == null ? null : new HostId(hostId),
                        row.getString("user_name"),
                        row.getString("task_id"),
                        row.getString("message"),
                        occurred == null ? null : occurred.toInstant()));
    }
}
