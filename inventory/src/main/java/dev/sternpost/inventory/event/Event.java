package dev.sternpost.inventory.event;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ManagedObjectId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened.
 *
 * @param sequence position in the order of commits; rises by one from event to event without gaps
 * @param time when it was committed, by the store's clock
 * @param draft what happened
 */
public record Event(long sequence, Instant time, EventDraft draft) {
    public Event {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequences begin at 1, not " + sequence);
        }
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(draft, "draft");
    }

    public EventType type() {
        return draft.type();
    }

    public EventSeverity severity() {
        return draft.severity();
    }

    public @Nullable ManagedObjectId subjectId() {
        return draft.subjectId();
    }

    public String subjectName() {
        return draft.subjectName();
    }

    public @Nullable HostId hostId() {
        return draft.hostId();
    }

    public String userName() {
        return draft.userName();
    }

    public String taskId() {
        return draft.taskId();
    }

    public String message() {
        return draft.message();
    }

    /** When it happened: by the clock of the host that told of it if it said so, else when it was committed. */
    public Instant occurredTime() {
        Instant occurred = draft.occurredTime();
        return occurred == null ? time : occurred;
    }
}
