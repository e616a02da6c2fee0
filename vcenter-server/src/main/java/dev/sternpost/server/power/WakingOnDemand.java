package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.placement.Placements.Candidates;
import dev.sternpost.server.placement.SleepingCapacity;
import dev.sternpost.server.work.Newcomer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has a host woken for a VM that no host that is on can take: the first one that could, with everything the planner knows. What it
 * remembers is lost with the process; the task that waits asks again.
 */
final class WakingOnDemand implements SleepingCapacity {
    /** So long a host that was woken for a VM is not put to sleep again: the VM's task asks at least that often. */
    static final Duration HELD = Duration.ofSeconds(120);

    private final PowerBook book;
    private final Placements placements;
    private final InstantSource clock;

    /** Why a host is wanted, and since when. */
    record Wanted(String vmName, Instant time) {}

    private final Map<HostId, Wanted> wanted = new ConcurrentHashMap<>();

    WakingOnDemand(PowerBook book, Placements placements, InstantSource clock) {
        this.book = book;
        this.placements = placements;
        this.clock = clock;
    }

    @Override
    public Optional<String> wakeFor(InventorySnapshot snapshot, Newcomer vm, Candidates candidates) {
        // One that is coming already is waited for before another is woken.
        List<HostMode> order = List.of(HostMode.EXITING_STANDBY, HostMode.STANDBY, HostMode.ENTERING_STANDBY);
        for (HostMode mode : order) {
            for (HostId id : candidates.hostIds()) {
                Optional<Host> host = snapshot.find(id).filter(each -> each.mode() == mode && mayWake(snapshot, each));
                if (host.isPresent() && couldTake(snapshot, host.get(), vm, candidates)) {
                    wanted.put(id, new Wanted(vm.name(), clock.instant()));
                    return Optional.of(
                            mode == HostMode.ENTERING_STANDBY
                                    ? "%s is entering stand-by and is woken for it then."
                                            .formatted(host.get().name())
                                    : "%s is woken for it.".formatted(host.get().name()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean mayWake(InventorySnapshot snapshot, Host host) {
        return book.levelOf(snapshot, host) == PowerLevel.AUTOMATIC
                && Eligibility.obstacle(book.of(host.id())).isEmpty();
    }

    /** Whether the VM would be placed with this host on. */
    private boolean couldTake(InventorySnapshot snapshot, Host host, Newcomer vm, Candidates candidates) {
        Host awake = host.withMode(HostMode.NORMAL)
                .withConnection(HostConnectionState.CONNECTED, host.incarnation(), host.lastSeen());
        InventorySnapshot with =
                snapshot.apply(new InventoryDelta(snapshot.revision() + 1, List.of(new InventoryDelta.Put(awake))));
        try {
            placements.requireRoom(with, vm);
            placements.choose(with, vm, candidates);
            return true;
        } catch (FaultException e) {
            return false;
        }
    }

    /** Hosts that are wanted now. */
    Map<HostId, Wanted> wanted() {
        Instant since = clock.instant().minus(HELD);
        wanted.values().removeIf(each -> each.time().isBefore(since));
        return Map.copyOf(wanted);
    }
}
