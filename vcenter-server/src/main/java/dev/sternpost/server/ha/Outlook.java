package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.ha.ConfigPush.Standing;
import dev.sternpost.server.ha.HaOverview.Coordinator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a cluster can do about a failure now, and what is down in it, by what its hosts say. The server only watches: that it hears nobody says
 * nothing about what hosts do among themselves.
 */
final class Outlook {
    private static final String DEAD = "dead";
    private static final String ALIVE = "alive";
    private static final String SILENT = "silent";
    private static final Set<String> DOWN_PHASES = Set.of("lost", "released");

    private final InventorySnapshot snapshot;
    private final Cluster cluster;
    private final Map<HostId, Standing> standings = new TreeMap<>();
    private final Optional<Coordinator> coordinator;
    private final Map<VirtualMachineId, HaReport.Restart> restarts = new HashMap<>();
    private final Set<HostId> reliable = new TreeSet<>();

    Outlook(InventorySnapshot snapshot, Cluster cluster, List<Standing> members) {
        this.snapshot = snapshot;
        this.cluster = cluster;
        members.forEach(each -> standings.put(each.host().id(), each));
        this.coordinator = coordinator(members);
        coordinator.ifPresent(known -> known.words().restarts().forEach(each -> restarts.put(each.vmId(), each)));
        standings.keySet().stream().filter(id -> whyNotReliable(id).isEmpty()).forEach(reliable::add);
    }

    InventorySnapshot snapshot() {
        return snapshot;
    }

    Cluster cluster() {
        return cluster;
    }

    /** Empty for a host that takes no part. */
    Optional<Standing> standing(HostId host) {
        return Optional.ofNullable(standings.get(host));
    }

    /** Empty when none of the hosts that can be heard is it. Of two that think so the one with the higher term is right. */
    Optional<Coordinator> coordinator() {
        return coordinator;
    }

    private static Optional<Coordinator> coordinator(List<Standing> members) {
        Optional<Coordinator> found = Optional.empty();
        for (Standing each : members) {
            HaReport report = each.report().orElse(null);
            if (report != null
                    && report.coordination().coordinator()
                    && found.map(known -> known.words().term()).orElse(-1L)
                            < report.coordination().term()) {
                found = Optional.of(new Coordinator(each.host().id(), report.coordination()));
            }
        }
        return found;
    }

    /** What the coordinator thinks of a host; empty when nobody says. */
    String verdict(HostId host) {
        return coordinator.stream()
                .flatMap(known -> known.words().verdicts().stream())
                .filter(verdict -> verdict.hostId().equals(host))
                .map(HaReport.Verdict::word)
                .findFirst()
                .orElse("");
    }

    /** Whether its lease is over: it stopped what it ran. */
    boolean isDead(HostId host) {
        return verdict(host).equals(DEAD);
    }

    /** Hosts that stop what they run before others start it, and that can start what others ran. */
    Set<HostId> reliable() {
        return reliable;
    }

    private String whyNotReliable(HostId host) {
        HaReport report = standing(host).flatMap(Standing::report).orElse(null);
        if (report == null) {
            return verdict(host).equals(ALIVE) ? "" : "it does not answer";
        }
        if (report.mode() == HaMode.OFF) {
            return "it was not told yet";
        }
        return report.whyNotReliable().isEmpty() && report.network().isolated()
                ? "it hears no other host"
                : report.whyNotReliable();
    }

    /** Why what runs on a host would not be started elsewhere if it failed now; empty when it would. */
    String whyNotGuarded(HostId host) {
        if (!standings.containsKey(host)) {
            return "its host takes no part";
        }
        String why = whyNotReliable(host);
        if (!why.isEmpty()) {
            return "of its host: " + why;
        }
        return reliable.size() > 1 ? "" : "no other host could start it";
    }

    /** A virtual machine that is being started again; empty for others. */
    Optional<HaReport.Restart> restart(VirtualMachineId vm) {
        return Optional.ofNullable(restarts.get(vm));
    }

    /** A virtual machine as its host lists it, or else another; empty when none does. */
    String phase(VirtualMachine vm) {
        return phaseOn(vm.hostId(), vm.id())
                .or(() -> standings.keySet().stream()
                        .flatMap(host -> phaseOn(host, vm.id()).stream())
                        .findFirst())
                .orElse("");
    }

    private Optional<String> phaseOn(HostId host, VirtualMachineId vm) {
        return standing(host).flatMap(Standing::report).stream()
                .flatMap(report -> report.vms().stream())
                .filter(listed -> listed.vmId().equals(vm))
                .map(HaReport.VmPhase::phase)
                .findFirst();
    }

    /** Whether its own host says that it is down against everybody's will, or said so before it came to be unable to say anything. */
    boolean isLost(VirtualMachine vm) {
        Optional<String> phase = phaseOn(vm.hostId(), vm.id());
        boolean said = standings.containsKey(vm.hostId())
                && phase.isEmpty()
                && vm.statusReason().equals(DownMarks.DOWN)
                && !reliable.contains(vm.hostId());
        return said || phase.filter(DOWN_PHASES::contains).isPresent();
    }

    /** What is down, or may be, although it should run, and is not being started again yet, each with why not. */
    SortedMap<VirtualMachineId, String> down() {
        TreeMap<VirtualMachineId, String> down = new TreeMap<>();
        if (cluster.ha().isKept()) {
            for (VirtualMachine vm : HaContents.protectedVms(snapshot, cluster)) {
                if (!restarts.containsKey(vm.id())) {
                    whyDown(vm).ifPresent(why -> down.put(vm.id(), why));
                }
            }
        }
        return down;
    }

    private Optional<String> whyDown(VirtualMachine vm) {
        if (isLost(vm)) {
            return Optional.of("down, and waits: " + whyNobodyStarts());
        }
        boolean mayRun = vm.powerState() != PowerState.POWERED_ON
                || snapshot.get(vm.hostId()).isConnected()
                || phase(vm).equals("running")
                || phase(vm).equals("guestUp");
        if (mayRun || !standings.containsKey(vm.hostId())) {
            return Optional.empty();
        }
        if (isDead(vm.hostId())) {
            return Optional.of("its host is dead; it waits: " + whyNobodyStarts());
        }
        if (verdict(vm.hostId()).equals(SILENT)) {
            return Optional.of(
                    cluster.ha().isArmed()
                            ? "its host is silent; it is started elsewhere unless that host's lease moves again"
                            : "its host is silent, and high availability is disarmed");
        }
        return verdict(vm.hostId()).isEmpty()
                ? Optional.of("its host does not answer, and nobody says whether it lives")
                : Optional.empty();
    }

    private String whyNobodyStarts() {
        if (!cluster.ha().isArmed()) {
            return "high availability is disarmed";
        }
        if (reliable.isEmpty()) {
            return "no host that answers can start anything";
        }
        return coordinator.isEmpty()
                ? "no coordinator is heard"
                : "the coordinator is about to take it up; if it does not, its directory or its lock cannot be read";
    }

    /** Everything that should run and is started only if somebody does: what is down, and what was not seen running again yet. */
    Set<VirtualMachineId> pending() {
        Set<VirtualMachineId> pending = new TreeSet<>(down().keySet());
        restarts.values().stream()
                .filter(restart -> !restart.stage().equals("running"))
                .map(HaReport.Restart::vmId)
                .filter(id -> snapshot.find(id).isPresent())
                .forEach(pending::add);
        return pending;
    }

    /** What keeps the cluster from answering a failure now, as a sentence; empty when nothing does, and while nobody wants it to. */
    String problem() {
        if (!cluster.ha().isArmed()) {
            return "";
        }
        if (standings.values().stream().noneMatch(each -> each.report().isPresent())) {
            return "The server hears none of its hosts, so how they stand is not known; they need no server to act.";
        }
        if (reliable.isEmpty()) {
            return "No host can start anything again: %s.".formatted(unreliable());
        }
        if (coordinator.isEmpty()) {
            return "No coordinator is heard. Hosts elect one within seconds%s."
                    .formatted(unreliable().isEmpty() ? "" : "; " + unreliable());
        }
        return reliable.size() > 1
                ? ""
                : "Only %s could start anything, so what runs there has nowhere to go; %s."
                        .formatted(snapshot.get(reliable.iterator().next()).name(), unreliable());
    }

    private String unreliable() {
        Map<String, List<String>> hosts = standings.values().stream()
                .map(Standing::host)
                .filter(host -> !reliable.contains(host.id()))
                .collect(Collectors.groupingBy(
                        host -> whyNotReliable(host.id()).replaceFirst("\\.$", ""),
                        LinkedHashMap::new,
                        Collectors.mapping(Host::name, Collectors.toList())));
        return hosts.entrySet().stream()
                .map(each -> String.join(", ", each.getValue()) + ": " + each.getKey())
                .collect(Collectors.joining("; "));
    }
}
