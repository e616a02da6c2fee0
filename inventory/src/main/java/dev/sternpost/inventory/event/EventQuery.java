package dev.sternpost.inventory.event;

import dev.sternpost.inventory.ManagedObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Which events, in which order.
 *
 * @param order oldest first for following along, newest first for looking back
 * @param bound oldest first: only events after this sequence; newest first: only events before it, 0 for no bound
 * @param about only events whose subject or host this is; null for all
 * @param taskId only events of this task; empty for all
 * @param limit at most this many, 1 to {@value #LIMIT_MAX}
 */
public record EventQuery(Order order, long bound, @Nullable ManagedObjectId about, String taskId, int limit) {
    /** Most events one query returns. */
    public static final int LIMIT_MAX = 1_000;

    /** The order of the answer. */
    public enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST
    }

    public EventQuery {
        if (bound < 0) {
            throw new IllegalArgumentException("bound must not be negative, but is " + bound);
        }
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new IllegalArgumentException("limit must be 1 to " + LIMIT_MAX + ", not " + limit);
        }
    }

    /** The events after a sequence, oldest first. */
    public static EventQuery after(long sequence, int limit) {
        return new EventQuery(Order.OLDEST_FIRST, sequence, null, "", limit);
    }

    /** The newest events, newest first. */
    public static EventQuery newest(int limit) {
        return new EventQuery(Order.NEWEST_FIRST, 0, null, "", limit);
    }

    /** The events before a sequence, newest first. */
    public static EventQuery before(long sequence, int limit) {
        return new EventQuery(Order.NEWEST_FIRST, sequence, null, "", limit);
    }

    public EventQuery about(@Nullable ManagedObjectId newAbout) {
        return new EventQuery(order, bound, newAbout, taskId, limit);
    }

    public EventQuery ofTask(String newTaskId) {
        return new EventQuery(order, bound, about, newTaskId, limit);
    }

    /** Whether an event is one of those asked for, the limit aside. */
    public boolean matches(Event event) {
        boolean inBound = switch (order) {
            case OLDEST_FIRST -> event.sequence() > bound;
            case NEWEST_FIRST -> bound == 0 || event.sequence() < bound;
        };
        return inBound
                && (about == null || about.equals(event.subjectId()) || about.equals(event.hostId()))
                && (taskId.isEmpty() || taskId.equals(event.taskId()));
    }
}
