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
    /** What is to be started again so soon after the last was up belongs to the same failover. */
    static final Duration QUIET = Duration.ofSeconds(20);

    /** While something waits, what is to be started again later than this after the last is another failover. */
    static final Duration SPREAD = Duration.ofSeconds(60);

    /** The same one wanted again this late was started meanwhile, and nobody said so. */
    static final Duration PENDING_MAX = Duration.ofMinutes(30);

    /** How long before the first restart its cause is looked for. */
    static final Duration LEAD = Duration.ofSeconds(20);

    /** That hosts stopped what they ran is the cause for longer: it is started when somebody can. */
    static final Duration STOPPED_MAX = Duration.ofHours(1);

    /** About hosts. */
    private static final Set<EventType> CAUSES = EnumSet.of(
            EventType.HOST_NOT_RESPONDING,
            EventType.HA_LEASE_LOST,
            EventType.HA_FENCED,
            EventType.HA_COORDINATOR_ELECTED,
            EventType.HA_COORDINATOR_GONE,
            EventType.HA_HOST_VERDICT,
            EventType.HA_ISOLATED,
            EventType.HA_ISOLATION_OVER);

    private static final Set<EventType> STOPS =
            EnumSet.of(EventType.HA_LEASE_LOST, EventType.HA_FENCED, EventType.HA_ISOLATED, EventType.HA_VM_STOPPED);

    /** About virtual machines. */
    private static final Set<EventType> RESTARTS = EnumSet.of(
            EventType.HA_RESTART_WANTED,
            EventType.HA_RESTART_ORDERED,
            EventType.HA_RESTART_FAILED,
            EventType.HA_RESTART_COMPLETE,
            EventType.HA_RESTART_DROPPED,
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
     * The last one among these events: virtual machines that were to be started again at about the same time, what became of them, and what went
     * before. An earlier one whose virtual machines still wait does not take in a later one.
     */
    static Optional<FailoverTimeline> last(List<Event> among) {
        List<Event> told = among.stream()
                .filter(event -> CAUSES.contains(event.type()) || RESTARTS.contains(event.type()))
                .sorted(Comparator.comparing(Event::occurredTime).thenComparing(Event::sequence))
                .toList();
        int first = -1;
        Set<ManagedObjectId> wanted = new HashSet<>();
        Set<ManagedObjectId> pending = new HashSet<>();
        Instant lastWanted = Instant.MIN;
        Instant lastEnd = Instant.MIN;
        for (int i = 0; i < told.size(); i++) {
            Event event = told.get(i);
            ManagedObjectId subject = event.subjectId();
            boolean wants = event.type() == EventType.HA_RESTART_WANTED
                    || event.type() == EventType.VM_RESTARTED_BY_HA && !wanted.contains(subject);
            if (subject == null) {
                continue;
            }
            if (wants) {
                Instant at = event.occurredTime();
                boolean another = pending.isEmpty()
                        ? at.isAfter(plus(lastEnd, QUIET))
                        : at.isAfter(plus(lastWanted, pending.contains(subject) ? PENDING_MAX : SPREAD));
                if (first < 0 || another) {
                    first = i;
                    wanted.clear();
                    pending.clear();
                }
                wanted.add(subject);
                pending.add(subject);
                lastWanted = at;
            }
            if (ENDS.contains(event.type())) {
                pending.remove(subject);
                lastEnd = event.occurredTime();
            }
        }
        return first < 0 ? Optional.empty() : Optional.of(new FailoverTimeline(around(told, first, wanted)));
    }

    private static Instant plus(Instant moment, Duration time) {
        return moment.equals(Instant.MIN) ? moment : moment.plus(time);
    }

    private static List<Event> around(List<Event> told, int first, Set<ManagedObjectId> wanted) {
        List<Event> events = new ArrayList<>(lead(told, first));
        int last = first;
        for (int i = first; i < told.size(); i++) {
            last = isOf(told.get(i), wanted) ? i : last;
        }
        Instant causesUntil = told.get(first).occurredTime().plus(LEAD);
        told.subList(first, last + 1).stream()
                .filter(event -> isOf(event, wanted)
                        || CAUSES.contains(event.type())
                                && !event.occurredTime().isAfter(causesUntil))
                .forEach(events::add);
        return events;
    }

    private static boolean isOf(Event event, Set<ManagedObjectId> wanted) {
        return RESTARTS.contains(event.type()) && wanted.contains(event.subjectId());
    }

    /** What led to it: shortly before it, or that hosts stopped what they ran, with nothing started again since. */
    private static List<Event> lead(List<Event> told, int first) {
        Instant from = told.get(first).occurredTime();
        List<Event> lead = new ArrayList<>();
        for (int i = first - 1; i >= 0; i--) {
            Event event = told.get(i);
            Duration before = Duration.between(event.occurredTime(), from);
            boolean stop = STOPS.contains(event.type());
            if (before.compareTo(STOPPED_MAX) > 0
                    || ENDS.contains(event.type())
                    || event.type() == EventType.HA_RESTART_WANTED) {
                break;
            }
            if (stop || CAUSES.contains(event.type()) && before.compareTo(LEAD) <= 0 && !isNoise(event)) {
                lead.addFirst(event);
            }
        }
        // Who was coordinator before is not part of it.
        return lead.stream()
                .dropWhile(event -> event.type() == EventType.HA_COORDINATOR_ELECTED)
                .toList();
    }

    /** That another host came back. */
    private static boolean isNoise(Event event) {
        return event.type() == EventType.HA_HOST_VERDICT && event.message().endsWith(" is alive");
    }
}
