package dev.sternpost.server.simulation;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.availability.InMemoryToldVersionStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaOrder;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.ha.HaManagement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Hosts that do at once what they are told of high availability and say so, unless a test says otherwise. */
public final class SimulatedAvailability {
    private final HaLink link = new HaLink();
    private final InMemoryToldVersionStore versions = new InMemoryToldVersionStore();
    private final Inventory inventory;
    private final InstantSource clock;
    private final Map<HostId, HaOrder> follows = new TreeMap<>();
    private final Map<HostId, String> problems = new HashMap<>();
    private final Map<HostId, HaReport.Coordination> coordinators = new HashMap<>();
    private final Map<HostId, Map<VirtualMachineId, String>> phases = new HashMap<>();
    private final Map<HostId, Long> claims = new HashMap<>();
    private final Set<HostId> deaf = new HashSet<>();
    private final List<String> told = new ArrayList<>();

    SimulatedAvailability(Inventory inventory, InstantSource clock) {
        this.inventory = inventory;
        this.clock = clock;
        link.sendBy(this::receive);
    }

    HaLink link() {
        return link;
    }

    /** A server's part, which knows what those before it have told. */
    public HaManagement management() {
        return new HaManagement(inventory, versions, link, clock);
    }

    /** What servers remember. */
    public InMemoryToldVersionStore versions() {
        return versions;
    }

    private void receive(HostId host, HaOrder order) {
        if (deaf.contains(host) || !inventory.snapshot().get(host).isConnected()) {
            return;
        }
        told.add("%s %s".formatted(host, order.mode()));
        HaOrder before = follows.get(host);
        if (before == null || order.version() >= before.version()) {
            follows.put(host, order);
        }
        report(host);
    }

    /** Lets a host take nothing in. */
    public void setDeaf(HostId host, boolean isDeaf) {
        if (isDeaf) {
            deaf.add(host);
        } else {
            deaf.remove(host);
        }
    }

    /** Why a host cannot stop its VMs; empty when it can. */
    public void setProblem(HostId host, String problem) {
        problems.put(host, problem);
    }

    /** Makes a host the coordinator that thinks so. */
    public void setCoordinator(HostId host, HaReport.Coordination coordination) {
        coordinators.put(host, coordination);
    }

    /** Lets a host say that it goes by that version. */
    public void claim(HostId host, long version) {
        claims.put(host, version);
    }

    /** What a host says of a VM, such as "lost"; empty for nothing. */
    public void setPhase(HostId host, VirtualMachineId vm, String phase) {
        Map<VirtualMachineId, String> listed = phases.computeIfAbsent(host, id -> new TreeMap<>());
        if (phase.isEmpty()) {
            listed.remove(vm);
        } else {
            listed.put(vm, phase);
        }
    }

    /** The host is told again what it was told last, as after a reconnect. */
    public void reconnect(HostId host) {
        link.told(host).ifPresent(order -> receive(host, order));
        report(host);
    }

    /** Each host that is connected says how it stands. */
    public void report() {
        follows.keySet().stream()
                .filter(host -> inventory
                        .snapshot()
                        .find(host)
                        .filter(known -> known.isConnected())
                        .isPresent())
                .forEach(this::report);
    }

    private void report(HostId host) {
        HaOrder order = follows.get(host);
        if (order == null) {
            return;
        }
        boolean on = order.mode() != HaMode.OFF;
        String problem = problems.getOrDefault(host, "");
        link.reported(
                host,
                new HaReport(
                        order.clusterId().value(),
                        claims.getOrDefault(host, order.version()),
                        order.mode(),
                        new HaReport.Guard(
                                on,
                                on,
                                on ? 8_000 : 0,
                                on && problem.isEmpty() ? "tried on a process" : "",
                                problem,
                                ""),
                        "",
                        new HaReport.Network(false, List.of()),
                        coordinators.getOrDefault(host, new HaReport.Coordination(false, 0, List.of(), List.of())),
                        phases.getOrDefault(host, Map.of()).entrySet().stream()
                                .map(each -> new HaReport.VmPhase(each.getKey(), 1, each.getValue()))
                                .toList()),
                clock.instant());
    }

    /** What a host goes by; null when it was never told anything. */
    public @Nullable HaOrder follows(HostId host) {
        return follows.get(host);
    }

    /** Every order that reached a host, oldest first, such as "host-901 ARMED". */
    public List<String> told() {
        return List.copyOf(told);
    }
}
