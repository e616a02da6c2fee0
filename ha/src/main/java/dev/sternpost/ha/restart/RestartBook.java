package dev.sternpost.ha.restart;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Message.StartAnswer;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartSettings;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.restart.RestartItem.Stage;
import dev.sternpost.ha.restart.RestartPlacement.Choice;
import dev.sternpost.ha.restart.RestartPlacement.Request;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to be started again, and how far each is. One turn of the machine works on a copy of the items.
 *
 * <p>Nothing here is needed for safety: an order that is wrong, late or doubled is refused by the lock.
 */
public final class RestartBook {
    private static final long SEND_AGAIN_MILLIS = 2_000;

    /** How long a living host may hold a lock without listing its virtual machine before it is told to start it. */
    private static final long HELD_WITHOUT_LISTING_MILLIS = 10_000;

    private static final int TOLD_FIRST = 4;
    private static final int TOLD_EACH = 8;

    private final HostId self;
    private final RestartSettings settings;
    private final RestartPlacement placement;
    private final TreeMap<VirtualMachineId, RestartItem> items;
    private final List<Effect> effects;

    /**
     * @param self the coordinator
     * @param items as they were after the last turn
     * @param effects where orders are put
     */
    public RestartBook(
            HostId self,
            RestartSettings settings,
            RestartPlacement placement,
            SortedMap<VirtualMachineId, RestartItem> items,
            List<Effect> effects) {
        this.self = self;
        this.settings = settings;
        this.placement = new SpareFirst(placement);
        this.items = new TreeMap<>(items);
        this.effects = effects;
    }

    /** As they are now. */
    public SortedMap<VirtualMachineId, RestartItem> items() {
        return Collections.unmodifiableSortedMap(items);
    }

    /**
     * A virtual machine is down that should not be. Told again and again, counts once.
     *
     * @param believedMillis since when its lock is known to say that
     */
    public void want(VirtualMachineId vmId, LockState expected, long believedMillis, String why, long at) {
        RestartItem item = items.get(vmId);
        if (item == null) {
            items.put(vmId, RestartItem.wanted(vmId, expected, believedMillis, at));
            effects.add(Effect.tell(Kind.RESTART_WANTED, vmId + " is to be started again: " + why));
        } else if (expected.generation() > item.expected().generation()) {
            items.put(vmId, item.believing(expected, believedMillis, Math.max(at, item.notBeforeMillis())));
        }
    }

    /** A host says what became of an order. */
    public void answered(StartAnswer answer, long at) {
        RestartItem item = items.get(answer.vmId());
        if (item == null || item.stage() != Stage.ORDERED || !isAnswer(answer, item)) {
            return;
        }
        switch (answer.outcome()) {
            // Complete only when it is seen in the host's list.
            case STARTED -> {}
            case LOCKED -> locked(item, answer.lock(), at);
            case REFUSED -> failed(item, answer.from(), answer.reason(), at);
            case FAILED -> {
                failed(item, answer.from(), answer.reason(), at);
                RestartItem after = items.get(answer.vmId());
                if (after != null) {
                    items.put(answer.vmId(), after.believing(answer.lock(), at, after.notBeforeMillis()));
                }
            }
        }
    }

    /** Not one to an order before the last, which says what has long changed. */
    private static boolean isAnswer(StartAnswer answer, RestartItem item) {
        return answer.from().equals(item.target())
                && answer.generation() == item.expected().generation() + 1;
    }

    private void locked(RestartItem item, LockState lock, long at) {
        if (lock instanceof LockState.Absent) {
            items.remove(item.vmId());
            effects.add(Effect.tell(Kind.RESTART_DROPPED, item.vmId() + " is off because somebody wanted that"));
        } else if (!lock.equals(item.expected())) {
            // The lock is the truth, also when it says less than a table promised.
            items.put(item.vmId(), item.believing(lock, at, at));
        } else {
            failed(item, item.target(), "its lock says " + lock, at);
        }
    }

    private void failed(RestartItem item, @Nullable HostId host, String why, long at) {
        long pause = settings.backOffMillisMax();
        if (item.attempts() < Long.SIZE / 2) {
            pause = Math.min(pause, settings.backOffMillisMin() << item.attempts());
        }
        TreeMap<HostId, Long> avoided = new TreeMap<>(item.avoided());
        avoided.values().removeIf(until -> until <= at);
        if (host != null) {
            avoided.put(host, at + settings.avoidMillis());
        }
        RestartItem after = item.failed(avoided, at + pause, why);
        items.put(item.vmId(), after);
        if (isTold(after.attempts()) || !why.equals(item.reason())) {
            effects.add(Effect.tell(
                    Kind.RESTART_FAILED,
                    "%s could not be started on %s, attempt %d: %s"
                            .formatted(item.vmId(), host, after.attempts(), why)));
        }
    }

    /** What fails for ever is told the first times, and then every few minutes. */
    private static boolean isTold(int attempt) {
        return attempt <= TOLD_FIRST || attempt % TOLD_EACH == 0;
    }

    /** Looks at what runs, gives up what took too long, and orders what can be ordered. */
    public void turn(Fleet fleet, long term, long at) {
        if (items.isEmpty()) {
            return;
        }
        SortedMap<VirtualMachineId, Fleet.Whereabouts> seen = fleet.whereabouts();
        for (RestartItem item : List.copyOf(items.values())) {
            ProtectedVm vm = fleet.config().vms().get(item.vmId());
            if (vm == null) {
                items.remove(item.vmId());
            } else {
                observe(item, vm, seen.get(item.vmId()), fleet, at);
            }
        }
        resend(term, at);
        order(fleet, seen, term, at);
    }

    private void observe(RestartItem item, ProtectedVm vm, Fleet.@Nullable Whereabouts seen, Fleet fleet, long at) {
        Fleet.Whereabouts up = isUpAgain(item, seen, fleet) ? seen : null;
        if (item.stage() == Stage.RUNNING) {
            // One that was up for a moment only goes too: whoever lost it will say so.
            boolean longEnough = at >= item.wantedSinceMillis() + settings.priorityWaitMillis();
            if (up == null || longEnough || isReady(vm.readiness(), up.entry(), item.sinceMillis(), at)) {
                items.remove(item.vmId());
            } else if (!hasHappened(vm.readiness(), up.entry())) {
                items.put(item.vmId(), item.running(at));
            }
        } else if (up != null) {
            effects.add(Effect.tell(
                    Kind.RESTART_COMPLETE,
                    "%s runs on %s, generation %d, after %d ms"
                            .formatted(
                                    item.vmId(), up.hostId(), up.entry().generation(), at - item.wantedSinceMillis())));
            items.put(item.vmId(), item.running(at));
            observe(item.running(at), vm, seen, fleet, at);
        } else if (item.stage() == Stage.ORDERED) {
            if (at >= item.sinceMillis() + settings.orderTimeoutMillis() && !isBeingStarted(item, seen)) {
                failed(item, item.target(), "no answer", at);
            }
        } else if (seen != null && isHeldBy(item.expected(), seen)) {
            items.remove(item.vmId());
        } else if (seen != null && isReleasedSince(item.expected(), seen)) {
            LockState released = new LockState.Released(seen.entry().generation());
            items.put(item.vmId(), item.believing(released, at, item.notBeforeMillis()));
        }
    }

    private static boolean isUpAgain(RestartItem item, Fleet.@Nullable Whereabouts seen, Fleet fleet) {
        return seen != null
                && seen.entry().generation() > item.expected().generation()
                && seen.entry().phase().runs()
                && !fleet.over().containsKey(seen.hostId());
    }

    /** Its host is at it, however long that takes: nobody else could, since it has the lock. It says so when it cannot. */
    private static boolean isBeingStarted(RestartItem item, Fleet.@Nullable Whereabouts seen) {
        return seen != null
                && seen.hostId().equals(item.target())
                && seen.entry().phase() == VmEntry.Phase.STARTING
                && seen.entry().generation() > item.expected().generation();
    }

    /** It was never down: whoever holds its lock runs it. */
    private static boolean isHeldBy(LockState lock, Fleet.Whereabouts seen) {
        return lock instanceof LockState.Held held
                && held.hostId().equals(seen.hostId())
                && seen.entry().phase().runs()
                && seen.entry().generation() >= held.generation();
    }

    /** It was given away later than what is believed of its lock, or by whom that names: what is believed may be ahead of it. */
    private static boolean isReleasedSince(LockState lock, Fleet.Whereabouts seen) {
        boolean byHolder = lock instanceof LockState.Held held && held.hostId().equals(seen.hostId());
        return seen.entry().phase() == VmEntry.Phase.RELEASED
                && (byHolder || seen.entry().generation() > lock.generation());
    }

    private static boolean isReady(Readiness readiness, VmEntry entry, long since, long at) {
        return hasHappened(readiness, entry) && at >= since + readiness.afterMillis();
    }

    private static boolean hasHappened(Readiness readiness, VmEntry entry) {
        return readiness.condition() == Readiness.Condition.POWERED_ON || entry.phase() == VmEntry.Phase.GUEST_UP;
    }

    private void resend(long term, long at) {
        for (RestartItem item : List.copyOf(items.values())) {
            HostId target = item.target();
            if (item.stage() == Stage.ORDERED && target != null && at >= item.sentMillis() + SEND_AGAIN_MILLIS) {
                items.put(item.vmId(), item.sentAgain(at));
                send(item, target, term);
            }
        }
    }

    private void order(Fleet fleet, SortedMap<VirtualMachineId, Fleet.Whereabouts> seen, long term, long at) {
        RestartOrder turns = new RestartOrder(items, fleet.config().vms(), settings, at);
        List<RestartItem> free = new ArrayList<>();
        boolean somebodyIsDue = false;
        for (RestartItem item : turns.waiting()) {
            boolean due = turns.isDue(item);
            if (!item.expected().mayRise()) {
                // If that was not true, its lock will tell when it is looked for.
                items.remove(item.vmId());
                effects.add(Effect.tell(
                        Kind.NUMBER_REFUSED,
                        item.vmId() + " cannot be started: no generation can follow " + item.expected()));
            } else if (!(item.expected() instanceof LockState.Held held) || isOver(item, held.hostId(), fleet)) {
                free.add(item);
                somebodyIsDue |= due;
            } else if (due && !fleet.over().containsKey(held.hostId())) {
                toHolder(item, held.hostId(), fleet, seen.get(item.vmId()), term, at);
            }
        }
        if (!somebodyIsDue) {
            return;
        }
        List<Choice> choices = plan(free, withOrdered(fleet), at);
        Map<HostId, Integer> inHand = inHand();
        for (int i = 0; i < free.size(); i++) {
            RestartItem item = free.get(i);
            if (!turns.isDue(item)) {
                continue;
            }
            switch (choices.get(i)) {
                case Choice.On on -> {
                    if (inHand.merge(on.hostId(), 1, Integer::sum) <= settings.perHostMax()) {
                        orderTo(item, on.hostId(), term, at);
                    }
                }
                case Choice.Nowhere nowhere -> nowhere(item, nowhere.reason(), at);
            }
        }
    }

    /**
     * Where each is to start. All choose together, as they do when a failover is rehearsed, and keep to it as long as that can be done, so that
     * room is left for who comes later.
     */
    private List<Choice> plan(List<RestartItem> free, Fleet fleet, long at) {
        List<Request> requests = new ArrayList<>();
        List<HostId> planned = new ArrayList<>();
        for (RestartItem item : free) {
            requests.add(new Request(Objects.requireNonNull(fleet.config().vms().get(item.vmId())), avoided(item, at)));
            if (item.planned() != null) {
                planned.add(item.planned());
            }
        }
        if (planned.size() == free.size() && placement.stands(requests, planned, fleet)) {
            return planned.stream().<Choice>map(Choice.On::new).toList();
        }
        List<Choice> choices = placement.place(requests, fleet);
        for (int i = 0; i < free.size(); i++) {
            RestartItem item = free.get(i);
            items.put(item.vmId(), item.planned(choices.get(i) instanceof Choice.On on ? on.hostId() : null));
        }
        return choices;
    }

    /**
     * Whether a lease was seen to be over later than the lock was known: otherwise its host may have come back between, renewed, and taken
     * the lock anew under a lease that nobody has looked at yet.
     */
    private static boolean isOver(RestartItem item, HostId holder, Fleet fleet) {
        Long proven = fleet.over().get(holder);
        return proven != null
                && proven > item.believedMillis() + fleet.config().timing().inFlightMillis();
    }

    /** Somebody who lives holds the lock. He lists what he runs: if he does not list this, he is told to start it, and only he. */
    private void toHolder(
            RestartItem item, HostId holder, Fleet fleet, Fleet.@Nullable Whereabouts seen, long term, long at) {
        boolean lists = seen != null
                && seen.hostId().equals(holder)
                && seen.entry().generation() >= item.expected().generation();
        if (!lists && fleet.usable().contains(holder) && at >= item.notBeforeMillis() + HELD_WITHOUT_LISTING_MILLIS) {
            orderTo(item, holder, term, at);
        }
    }

    private void nowhere(RestartItem item, String reason, long at) {
        if (!item.reason().equals(reason)) {
            effects.add(Effect.tell(Kind.RESTART_FAILED, item.vmId() + " cannot be started: " + reason));
        }
        items.put(
                item.vmId(),
                item.because(reason)
                        .believing(item.expected(), item.believedMillis(), at + settings.backOffMillisMin()));
    }

    private void orderTo(RestartItem item, HostId host, long term, long at) {
        items.put(item.vmId(), item.ordered(host, at));
        if (isTold(item.attempts() + 1)) {
            effects.add(Effect.tell(
                    Kind.RESTART_ORDERED, item.vmId() + " is to start on " + host + ", was " + item.expected()));
        }
        send(item, host, term);
    }

    private void send(RestartItem item, HostId host, long term) {
        effects.add(new Effect.Send(
                host,
                new Message.StartOrder(
                        self,
                        term,
                        item.vmId(),
                        item.expected(),
                        item.expected().generation() + 1)));
    }

    /** What was ordered takes its place, though no host lists it yet. */
    private Fleet withOrdered(Fleet fleet) {
        TreeMap<HostId, List<VmEntry>> more = new TreeMap<>();
        SortedMap<VirtualMachineId, Fleet.Whereabouts> seen = fleet.whereabouts();
        for (RestartItem item : items.values()) {
            HostId target = item.target();
            Fleet.Whereabouts there = seen.get(item.vmId());
            if (target != null && (there == null || !there.hostId().equals(target))) {
                more.computeIfAbsent(target, key -> new ArrayList<>())
                        .add(new VmEntry(item.vmId(), item.expected().generation(), VmEntry.Phase.STARTING));
            }
        }
        return fleet.with(more);
    }

    private Map<HostId, Integer> inHand() {
        Map<HostId, Integer> inHand = new HashMap<>();
        for (RestartItem item : items.values()) {
            if (item.target() != null) {
                inHand.merge(item.target(), 1, Integer::sum);
            }
        }
        return inHand;
    }

    private static SortedSet<HostId> avoided(RestartItem item, long at) {
        TreeSet<HostId> avoided = new TreeSet<>();
        item.avoided().forEach((host, until) -> {
            if (until > at) {
                avoided.add(host);
            }
        });
        return avoided;
    }
}
