package dev.sternpost.inventory.event;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event before it is committed, which gives it its time and its place in the order.
 *
 * @param type what happened
 * @param severity how much it matters
 * @param subjectId the object it is about; null when it is about none, such as a login
 * @param subjectName name of that object at the time; empty when there is none
 * @param hostId the host concerned; null when none is
 * @param userName on whose behalf; empty for what happened by itself
 * @param taskId the task that did it; empty when none did
 * @param message one sentence for people
 * @param occurredTime when it happened by the clock of the host that tells of it, which may be long before it is committed; null
 *     where that is the time of the commit
 */
public record EventDraft(
        EventType type,
        EventSeverity severity,
        @Nullable ManagedObjectId subjectId,
        String subjectName,
        @Nullable HostId hostId,
        String userName,
        String taskId,
        String message,
        @Nullable Instant occurredTime) {
    public EventDraft {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(subjectName, "subjectName");
        Objects.requireNonNull(userName, "userName");
        Objects.requireNonNull(taskId, "taskId");
        if (message.isBlank()) {
            throw new IllegalArgumentException("an event needs a message");
        }
    }

    /** An event about an object, with the severity of its type. */
    public static EventDraft about(ManagedObject subject, EventType type, String message) {
        return new EventDraft(type, type.severity(), subject.id(), subject.name(), null, "", "", message, null);
    }

    /** An event about nothing in the inventory, with the severity of its type. */
    public static EventDraft of(EventType type, String message) {
        return new EventDraft(type, type.severity(), null, "", null, "", "", message, null);
    }

    public EventDraft onHost(HostId newHostId) {
        return new EventDraft(
                type, severity, subjectId, subjectName, newHostId, userName, taskId, message, occurredTime);
    }

    public EventDraft byUser(String newUserName) {
        return new EventDraft(
                type, severity, subjectId, subjectName, hostId, newUserName, taskId, message, occurredTime);
    }

    public EventDraft byTask(String newTaskId) {
        return new EventDraft(
                type, severity, subjectId, subjectName, hostId, userName, newTaskId, message, occurredTime);
    }

    /** When it happened by the host's clock. */
    public EventDraft occurredAt(@Nullable Instant newOccurredTime) {
        return new EventDraft(
                type, severity, subjectId, subjectName, hostId, userName, taskId, message, newOccurredTime);
    }

    public EventDraft withSeverity(EventSeverity newSeverity) {
        return new EventDraft(
                type, newSeverity, subjectId, subjectName, hostId, userName, taskId, message, occurredTime);
    }
}
