package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.lease.SlotWatch;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Sighting;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.restart.RestartBook;
import dev.sternpost.ha.restart.RestartItem;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Watches the hosts' leases and has restarted what their deaths left. Those next in line watch too, so that the death of a coordinator is not
 * noticed later than another's; only the coordinator acts.
 */
public final class Coordinator {
    private static final long ORPHANS_AGAIN_MILLIS = 10_000;

    /** Virtual machines nobody lists, of which locks are read in one go. */
    private static final int ORPHANS_MAX = 64;

    private final RestartPlacement placement;

    public Coordinator(RestartPlacement placement) {
        this.placement = Objects.requireNonNull(placement, "placement");
    }

    /**
     * The machine's state.
     *
     * @param hosts what is seen of each host
     * @param items what is to be started again
     * @param known since when it is known what each host lists
     * @param handled of it, what was in hand already
     * @param lookMillis when to read the leases next
     * @param orphansMillis when to look next for what nobody lists
     * @param unlisted what nobody listed at the last look
     * @param suspects of those, the ones whose lock named a living host then: it may just be starting them
     */
    public record State(
            SortedMap<HostId, Watched> hosts,
            SortedMap<VirtualMachineId, RestartItem> items,
            SortedMap<Listed, Long> known,
            SortedSet<Listed> handled,
            long lookMillis,
            long orphansMillis,
            SortedSet<VirtualMachineId> unlisted,
            SortedMap<VirtualMachineId, LockState> suspects) {
        /** Nothing known yet. */
        public static final State START = new State(
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeSet<>(),
                0,
                0,
                new TreeSet<>(),
                new TreeMap<>());

        public State {
            hosts = Collections.unmodifiableSortedMap(hosts);
            items = Collections.unmodifiableSortedMap(items);
            known = Collections.unmodifiableSortedMap(known);
            handled = Collections.unmodifiableSortedSet(handled);
            unlisted = Collections.unmodifiableSortedSet(unlisted);
            suspects = Collections.unmodifiableSortedMap(suspects);
        }

        /** What is thought of each host. */
        public SortedMap<HostId, HostVerdict> verdicts() {
            TreeMap<HostId, HostVerdict> verdicts = new TreeMap<>();
            hosts.forEach((host, watched) -> verdicts.put(host, watched.verdict()));
            return verdicts;
        }

        /** Whether a host was just seen to be in no state to decide or start anything: its lease does not move, or its agent is silent. */
        public boolean isDown(HostId host, HaTiming timing, long atMillis) {
            Watched watched = hosts.getOrDefault(host, Watched.NEW);
            SlotWatch watch = watched.watch();
            HostLease lease = watched.lease();
            return watch != null
                    && watch.ageMillis(atMillis) < timing.silenceMillis()
                    && (watch.unmovedMillis() >= timing.silenceMillis() || (lease != null && !lease.agentUp()));
        }

        /** Whether a host was just seen to be able to: its lease moves, and says that its agent is there and hears others. */
        public boolean isUp(HostId host, HaTiming timing, long atMillis) {
            Watched watched = hosts.getOrDefault(host, Watched.NEW);
            SlotWatch watch = watched.watch();
            HostLease lease = watched.lease();
            return watch != null
                    && lease != null
                    && watch.ageMillis(atMillis) < timing.silenceMillis()
                    && watch.unmovedMillis() < timing.silenceMillis()
                    && lease.agentUp()
                    && !lease.isolated();
        }

        /** Which leases do not move, to tell the others. */
        public SortedMap<HostId, Sighting> sightings(HaTiming timing, long atMillis) {
            return Lookout.sightings(hosts, timing, atMillis);
        }
    }

    /** Whether an input may change anything here. */
    public static boolean concerns(Input input) {
        return switch (input) {
            case Input.Tick ignored -> true;
            case Input.SlotRead ignored -> true;
            case Input.LockRead ignored -> true;
            case Input.Heard heard ->
                switch (heard.message()) {
                    case Message.Heartbeat beat -> !beat.silent().isEmpty();
                    case Message.StartAnswer ignored -> true;
                    case Message.StartOrder ignored -> false;
                };
            default -> false;
        };
    }

    /** One input. */
    public Step<State> step(State state, Input input, Surroundings around) {
        Turn turn = new Turn(state, around, input.atMillis());
        turn.take(input);
        return turn.end();
    }

    /** Nothing is kept when the lease of the coordinator is lost but what was seen of the hosts. */
    public State retired(State state) {
        return new State(
                state.hosts,
                new TreeMap<>(),
                state.known,
                new TreeSet<>(),
                state.lookMillis,
                0,
                new TreeSet<>(),
                new TreeMap<>());
    }

    /** What to tell when this host has just become coordinator: what it saw before, it did not tell. */
    public List<Effect> elected(State state) {
        List<Effect> effects = new ArrayList<>();
        state.hosts.forEach((host, watched) -> {
            if (watched.verdict() != HostVerdict.ALIVE && watched.verdict() != HostVerdict.UNKNOWN) {
                effects.add(Lookout.tell(host, watched.verdict()));
            }
        });
        return effects;
    }

    private final class Turn {
        private final Surroundings around;
        private final long at;
        private final List<Effect> effects = new ArrayList<>();
        private final Lookout lookout;
        private final RestartBook book;
        private SortedSet<Listed> handled;
        private long orphansMillis;
        private SortedSet<VirtualMachineId> unlisted;
        private SortedMap<VirtualMachineId, LockState> suspects;

        Turn(State before, Surroundings around, long at) {
            this.around = around;
            this.at = at;
            this.lookout = new Lookout(before, around, at, effects);
            this.handled = before.handled;
            this.book = new RestartBook(around.self(), around.config().restart(), placement, before.items, effects);
            this.orphansMillis = before.orphansMillis;
            this.unlisted = before.unlisted;
            this.suspects = before.suspects;
        }

        Step<State> end() {
            return new Step<>(
                    new State(
                            lookout.hosts(),
                            book.items(),
                            lookout.known(),
                            handled,
                            lookout.lookMillis(),
                            orphansMillis,
                            unlisted,
                            suspects),
                    effects);
        }

        void take(Input input) {
            switch (input) {
                case Input.Tick ignored -> {
                    lookout.tick();
                    act();
                }
                case Input.SlotRead read -> {
                    if (lookout.read(read)) {
                        act();
                    }
                }
                case Input.LockRead read -> {
                    if (acts()) {
                        read.lock().ifPresent(lock -> orphan(read.vmId(), lock));
                    }
                }
                case Input.Heard heard -> {
                    switch (heard.message()) {
                        case Message.Heartbeat beat -> lookout.told(beat.silent());
                        case Message.StartAnswer answer -> book.answered(answer, at);
                        case Message.StartOrder ignored -> {}
                    }
                }
                default -> {}
            }
        }

        private boolean acts() {
            return around.isCoordinator() && around.config().armed();
        }

        private void act() {
            if (!acts()) {
                return;
            }
            lookout.hosts().forEach((host, watched) -> {
                for (VmEntry entry : lookout.entriesOf(host, watched)) {
                    boolean down = watched.overSinceMillis() >= 0 || entry.phase() == VmEntry.Phase.RELEASED;
                    if (down && around.config().vms().containsKey(entry.vmId())) {
                        consider(host, watched, entry);
                    }
                }
            });
            boolean looks = at >= orphansMillis;
            if (looks || !book.items().isEmpty()) {
                Fleet fleet = fleet();
                book.turn(fleet, around.term(), at);
                lookForOrphans(fleet);
            }
        }

        private void consider(HostId host, Watched watched, VmEntry entry) {
            boolean over = watched.overSinceMillis() >= 0;
            boolean released = entry.phase() == VmEntry.Phase.RELEASED;
            if ((!released && !(over && watched.isTableFinal())) || (over && isGone(host, watched, entry))) {
                return;
            }
            Listed once = new Listed(host, entry.vmId(), entry.generation());
            if (!handled.contains(once)) {
                TreeSet<Listed> more = new TreeSet<>(handled);
                more.add(once);
                handled = more;
                LockState expected = released
                        ? new LockState.Released(entry.generation())
                        : new LockState.Held(host, entry.generation());
                String why = released
                        ? "released by " + host
                        : host + " is " + watched.verdict().words();
                book.want(entry.vmId(), expected, lookout.known().getOrDefault(once, at), why, at);
            }
        }

        /** Gone by somebody's will: one that is heard lists what it lost, and lists this no more. */
        private boolean isGone(HostId host, Watched watched, VmEntry entry) {
            Message.Heartbeat beat = around.heard().get(host);
            return (beat != null && !beat.vms().containsKey(entry.vmId()))
                    || isOff(host, watched, entry.vmId(), entry.generation());
        }

        /** Whether its host says, over the network or on the datastore, that it was shut down because somebody wanted that. */
        private boolean isOff(HostId host, Watched watched, VirtualMachineId vm, long generation) {
            Message.Heartbeat beat = around.heard().get(host);
            return (beat != null && isOff(beat.vms().get(vm), generation))
                    || (watched.table() != null
                            && isOff(watched.table().entries().get(vm), generation));
        }

        /** Orders that failed raise the generation that its host lists, and not the lock's. */
        private static boolean isOff(@Nullable VmEntry entry, long generation) {
            return entry != null && entry.phase() == VmEntry.Phase.OFF && entry.generation() >= generation;
        }

        private Fleet fleet() {
            TreeSet<HostId> usable = new TreeSet<>();
            TreeMap<HostId, Long> over = new TreeMap<>();
            TreeMap<HostId, Collection<VmEntry>> entries = new TreeMap<>();
            lookout.hosts().forEach((host, watched) -> {
                Message.Heartbeat beat = around.heard().get(host);
                MemberHost member = around.config().hosts().get(host);
                if (watched.overSinceMillis() >= 0) {
                    over.put(
                            host, watched.watch() == null ? 0L : watched.watch().lastSeenMillis());
                } else {
                    entries.put(host, lookout.entriesOf(host, watched));
                    if (beat != null && beat.leaseHeld() && member != null && member.open()) {
                        usable.add(host);
                    }
                }
            });
            return new Fleet(around.config(), usable, over, entries);
        }

        /** What no host lists and nobody is about to start may still be down against its will: its lock tells. */
        private void lookForOrphans(Fleet fleet) {
            boolean knowsAll = lookout.hosts().values().stream().allMatch(w -> w.verdict() != HostVerdict.UNKNOWN);
            if (at < orphansMillis || !knowsAll) {
                return;
            }
            orphansMillis = at + ORPHANS_AGAIN_MILLIS;
            SortedMap<VirtualMachineId, Fleet.Whereabouts> seen = fleet.whereabouts();
            SortedSet<VirtualMachineId> now = new TreeSet<>();
            for (VirtualMachineId vm : around.config().vms().keySet()) {
                if (!seen.containsKey(vm) && !book.items().containsKey(vm)) {
                    now.add(vm);
                }
            }
            // Only what was missing the last time too: one that is just being started is not.
            now.stream()
                    .filter(unlisted::contains)
                    .limit(ORPHANS_MAX)
                    .forEach(vm -> effects.add(new Effect.ReadLock(vm)));
            unlisted = now;
            TreeMap<VirtualMachineId, LockState> still = new TreeMap<>(suspects);
            still.keySet().retainAll(now);
            suspects = still;
        }

        private void orphan(VirtualMachineId vm, LockState lock) {
            if (lock instanceof LockState.Absent
                    || fleet().whereabouts().containsKey(vm)
                    || !around.config().vms().containsKey(vm)) {
                return;
            }
            if (lock instanceof LockState.Held held && wasShutDown(vm, held)) {
                effects.add(new Effect.SwapLock(vm, lock, new LockState.Absent()));
            } else if (isOfTheLiving(lock) && !lock.equals(suspects.get(vm))) {
                TreeMap<VirtualMachineId, LockState> more = new TreeMap<>(suspects);
                more.put(vm, lock);
                suspects = more;
            } else {
                book.want(vm, lock, at, "no host lists it, and its lock says " + lock, at);
            }
        }

        private boolean isOfTheLiving(LockState lock) {
            return lock instanceof LockState.Held held
                    && lookout.host(held.hostId()).overSinceMillis() < 0;
        }

        /** Its host died, or cannot reach the datastore, before it could remove the lock. */
        private boolean wasShutDown(VirtualMachineId vm, LockState.Held lock) {
            Watched watched = lookout.host(lock.hostId());
            return watched.overSinceMillis() >= 0 && isOff(lock.hostId(), watched, vm, lock.generation());
        }
    }
}
