package dev.sternpost.drs.placement;

import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hosts and what is on them, kept up to date as VMs come and go, so that a host for one more VM is found by one pass over flat
 * arrays. Hosts that come, go or change their condition make a new fleet. Not for use by several threads.
 */
public final class HostFleet {
    private static final byte GOOD = 0;
    private static final byte DISLIKED = 1;
    private static final byte IMPOSSIBLE = 2;

    /** Different needs that are remembered; forgotten all at once when there are more. */
    private static final int NEEDS_MAX = 1_024;

    private final List<DrsHost> hosts;
    private final HostTable table;
    private final Map<HostId, Integer> indexes = new HashMap<>();
    private final Map<HostNeeds, byte[]> suitability = new HashMap<>();

    /**
     * @param contentionWeight as in {@link dev.sternpost.drs.snapshot.DrsPolicy}
     */
    public HostFleet(List<DrsHost> hosts, double contentionWeight) {
        this.hosts = hosts.stream().sorted(Comparator.comparing(DrsHost::id)).toList();
        this.table = new HostTable(this.hosts, contentionWeight);
        for (int host = 0; host < this.hosts.size(); host++) {
            indexes.put(this.hosts.get(host).id(), host);
        }
    }

    /** Notes that a VM is on a host. */
    public void add(HostId host, Footprint footprint) {
        table.add(index(host), footprint);
    }

    /** Notes that a VM that was on a host is not there any more. */
    public void remove(HostId host, Footprint footprint) {
        table.remove(index(host), footprint);
    }

    private int index(HostId host) {
        Integer index = indexes.get(host);
        if (index == null) {
            throw new IllegalArgumentException(host + " is not of this fleet");
        }
        return index;
    }

    /** The best host for a VM; the lowest id of equals. Nothing is noted: {@link #add} does that. */
    public Optional<HostId> place(Arrival arrival) {
        byte[] suitable = suitability(arrival.needs());
        boolean[] avoided = avoided(arrival);
        Footprint footprint = arrival.footprint();
        boolean packs = arrival.goal() == PlacementGoal.PACK;
        int best = -1;
        byte bestKind = IMPOSSIBLE;
        double bestScore = Double.POSITIVE_INFINITY;
        for (int host = 0; host < suitable.length; host++) {
            byte kind = suitable[host];
            if (kind <= bestKind
                    && kind != IMPOSSIBLE
                    && table.hasRoom(host, footprint.memoryCommittedBytes(), footprint.cpuReservedMhz())
                    && !avoided[host]) {
                double score = packs ? leftOver(host, footprint) : harm(host, footprint);
                if (kind < bestKind || score < bestScore) {
                    best = host;
                    bestKind = kind;
                    bestScore = score;
                }
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(hosts.get(best).id());
    }

    /** What is thought of every host, best first, with every reason. */
    public List<HostVerdict> verdicts(Arrival arrival) {
        List<HostVerdict> verdicts = new ArrayList<>();
        for (int host = 0; host < hosts.size(); host++) {
            DrsHost at = hosts.get(host);
            List<String> obstacles = new ArrayList<>();
            boolean disliked = arrival.needs().allow(at) && arrival.needs().dislike(at);
            if (!disliked) {
                obstacles.addAll(arrival.needs().reasons(at));
            }
            String avoided = arrival.avoided().get(at.id());
            if (avoided != null) {
                obstacles.add(avoided);
            }
            Footprint footprint = arrival.footprint();
            table.addRoomReasons(host, footprint.memoryCommittedBytes(), footprint.cpuReservedMhz(), obstacles);
            double score = arrival.goal() == PlacementGoal.PACK ? leftOver(host, footprint) : harm(host, footprint);
            verdicts.add(new HostVerdict(at.id(), at.name(), obstacles, disliked, score));
        }
        verdicts.sort(HostVerdict.BEST_FIRST);
        return verdicts;
    }

    private double harm(int host, Footprint footprint) {
        return table.harm(host, footprint.cpuMhz(), footprint.memoryBytes());
    }

    /** The room that is left, as parts of the host; what is scarce on both counts is filled evenly. */
    private double leftOver(int host, Footprint footprint) {
        double memory = (table.memoryFree(host) - footprint.memoryCommittedBytes()) / table.memoryCapacity(host);
        double cpu = (table.cpuUnreserved(host) - footprint.cpuReservedMhz()) / table.cpuCapacity(host);
        return memory + cpu;
    }

    private boolean[] avoided(Arrival arrival) {
        boolean[] avoided = new boolean[hosts.size()];
        arrival.avoided().keySet().forEach(host -> {
            Integer index = indexes.get(host);
            if (index != null) {
                avoided[index] = true;
            }
        });
        return avoided;
    }

    private byte[] suitability(HostNeeds needs) {
        byte[] known = suitability.get(needs);
        if (known != null) {
            return known;
        }
        byte[] found = new byte[hosts.size()];
        Arrays.fill(found, IMPOSSIBLE);
        for (int host = 0; host < found.length; host++) {
            if (needs.allow(hosts.get(host))) {
                found[host] = needs.dislike(hosts.get(host)) ? DISLIKED : GOOD;
            }
        }
        if (suitability.size() >= NEEDS_MAX) {
            suitability.clear();
        }
        suitability.put(needs, found);
        return found;
    }
}
