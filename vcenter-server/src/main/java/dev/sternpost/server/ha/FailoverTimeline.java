package dev.sternpost.server.ha;

import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A failover as its events tell it, in the order in which things happened by the hosts' clocks.
 *
 * @param events oldest first
 */
public record FailoverTimeline(List<Event> events) {
    /** Between two failovers nothing happens for so long. */
    static final Duration QUIET = Duration.ofMinutes(1);

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
            EventType.HA_ISOLATED,
            EventType.HA_ISOLATION_OVER,
            EventType.HA_VM_STARTED,
            EventType.HA_VM_STOPPED,
            EventType.HA_VM_RELEASED,
            EventType.VM_RESTARTED_BY_HA);

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
     * The last one among these events, in which something was to be started again; a run of events without a longer pause than {@link #QUIET}.
     */
    static Optional<FailoverTimeline> last(List<Event> among) {
        List<Event> told = among.stream()
                .filter(event -> TOLD.contains(event.type()))
                .sorted(Comparator.comparing(Event::occurredTime)
                        .thenComparing(Event::sequence)
                        .reversed())
                .toList();
        List<Event> run = new ArrayList<>();
        for (Event event : told) {
            boolean pause = !run.isEmpty()
                    && Duration.between(event.occurredTime(), run.getFirst().occurredTime())
                                    .compareTo(QUIET)
                            > 0;
            if (pause && isFailover(run)) {
                break;
            }
            if (pause) {
                run.clear();
            }
            run.addFirst(event);
        }
        // Who was coordinator before is not part of it.
        while (!run.isEmpty() && run.getFirst().type() == EventType.HA_COORDINATOR_ELECTED) {
            run.removeFirst();
        }
        return isFailover(run) ? Optional.of(new FailoverTimeline(run)) : Optional.empty();
    }

    private static boolean isFailover(List<Event> run) {
        return run.stream()
                .anyMatch(event ->
                        event.type() == EventType.HA_RESTART_WANTED || event.type() == EventType.VM_RESTARTED_BY_HA);
    }
}
