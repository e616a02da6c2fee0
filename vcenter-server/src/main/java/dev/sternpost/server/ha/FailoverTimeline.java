package dev.sternpost.server.ha;

import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A failover as its events tell it, in the order in which things happened by the hosts' clocks.
 *
 * @param events oldest first
 */
public record FailoverTimeline(List<Event> events) {
    /** After a failover nothing happens for so long; what happens sooner belongs to it. */
    static final Duration QUIET = Duration.ofSeconds(20);

    /** What waits to be started again for longer without a word is not waited for any more. */
    static final Duration PENDING_MAX = Duration.ofMinutes(10);

    private static final Set<EventType> TOLD = EnumSet.of(
            EventType.HOST_NOT_RESPONDING,
            EventType.HA_LEASE_LOST,
            EventType.HA_FENCED,
            EventType.HA_COORDINATOR_ELECTED,
            EventType.HA_COORDINATOR_GONE,
            EventType.HA_HOST_VERDICT,
            EventType.HA_RESTART_WANTED,
            EventType.HA_RESTART_ORDERED,
            EventType.HA_RESTART_FAILED,
            EventType.HA_RESTART_COMPLETE,
            EventType.HA_RESTART_DROPPED,
            EventType.HA_ISOLATED,
            EventType.HA_ISOLATION_OVER,
            EventType.HA_VM_STARTED,
            EventType.HA_VM_STOPPED,
            EventType.HA_VM_RELEASED,
            EventType.VM_RESTARTED_BY_HA);

    private static final Set<EventType> ENDS =
            EnumSet.of(EventType.HA_RESTART_COMPLETE, EventType.HA_RESTART_DROPPED, EventType.VM_RESTARTED_BY_HA);

    public FailoverTimeline {
        events = List.copyOf(events);
    }

    public Instant start() {
        return events.getFirst().occurredTime();
    }

    public Instant end() {
        return events.getLast().occurredTime();
    }

    /** How many events are of a type. */
    public long count(EventType type) {
        return events.stream().filter(event -> event.type() == type).count();
    }

    /**
     * The last one among these events: a run of them in which something was to be started again. It goes on while something waits for that, and
     * ends with the first longer pause after.
     */
    static Optional<FailoverTimeline> last(List<Event> among) {
        List<Event> told = among.stream()
                .filter(event -> TOLD.contains(event.type()))
                .sorted(Comparator.comparing(Event::occurredTime).thenComparing(Event::sequence))
                .toList();
        List<Event> last = List.of();
        List<Event> run = new ArrayList<>();
        Set<ManagedObjectId> pending = new HashSet<>();
        boolean stopped = false;
        for (Event event : told) {
            if (!run.isEmpty() && isAnother(run.getLast(), event, stopped || !pending.isEmpty())) {
                last = isFailover(run) ? List.copyOf(run) : last;
                run.clear();
                pending.clear();
                stopped = false;
            }
            run.add(event);
            // What a host had to stop is started when somebody can.
            stopped = event.type() == EventType.HA_FENCED || stopped && event.type() != EventType.HA_RESTART_WANTED;
            ManagedObjectId subject = event.subjectId();
            if (subject != null && event.type() == EventType.HA_RESTART_WANTED) {
                pending.add(subject);
            } else if (subject != null && ENDS.contains(event.type())) {
                pending.remove(subject);
            }
        }
        last = isFailover(run) ? run : last;
        // Who was coordinator before is not part of it.
        List<Event> events = last.stream()
                .dropWhile(event -> event.type() == EventType.HA_COORDINATOR_ELECTED)
                .toList();
        return events.isEmpty() ? Optional.empty() : Optional.of(new FailoverTimeline(events));
    }

    private static boolean isAnother(Event before, Event event, boolean waits) {
        Duration pause = Duration.between(before.occurredTime(), event.occurredTime());
        return pause.compareTo(waits ? PENDING_MAX : QUIET) > 0;
    }

    private static boolean isFailover(List<Event> run) {
        return run.stream()
                .anyMatch(event ->
                        event.type() == EventType.HA_RESTART_WANTED || event.type() == EventType.VM_RESTARTED_BY_HA);
    }
}
