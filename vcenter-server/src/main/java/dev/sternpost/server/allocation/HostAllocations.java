package dev.sternpost.server.allocation;

import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells hosts what their VMs are entitled to, at once and then again and again, since a host lifts all limits when it has
 * not heard of them for a while. Orders of different servers are told apart by the clock. Safe for use from several
 * threads.
 */
public final class HostAllocations {
    private static final Logger log = LoggerFactory.getLogger(HostAllocations.class);

    /** How long a host goes on with what it was told; several renewals may be lost. */
    public static final Duration VALID = Duration.ofMinutes(3);

    /** How often orders are to be renewed. */
    public static final Duration RENEWAL = Duration.ofSeconds(30);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final Inventory inventory;
    private final HostCommands hosts;
    private final InstantSource clock;
    private final Map<HostId, Map<VirtualMachineId, Entitlement>> orders = new ConcurrentHashMap<>();
    private final AtomicLong lastRevision = new AtomicLong();

    public HostAllocations(Inventory inventory, HostCommands hosts, InstantSource clock) {
        this.inventory = inventory;
        this.hosts = hosts;
        this.clock = clock;
    }

    /**
     * What the VMs of a host are entitled to from now on, as a whole: one that is not named has no limit and the usual
     * weight. A host that is not connected is told when it is; one that was told the same already is not told at once.
     */
    public void entitle(HostId host, Map<VirtualMachineId, Entitlement> entitlements) {
        Map<VirtualMachineId, Entitlement> order = Map.copyOf(entitlements);
        if (!order.equals(orders.put(host, order))) {
            tell(host);
        }
    }

    /** Nobody decides for that host any more: it is told to lift all limits, and not told again. */
    public void withdraw(HostId host) {
        if (orders.remove(host) != null) {
            send(host, Map.of());
        }
    }

    /** Tells every host again, and forgets those that are gone. */
    public void renew() {
        InventorySnapshot snapshot = inventory.snapshot();
        orders.keySet().removeIf(host -> snapshot.find(host).isEmpty());
        orders.keySet().forEach(this::tell);
    }

    private void tell(HostId host) {
        Map<VirtualMachineId, Entitlement> order = orders.get(host);
        if (order != null) {
            send(host, order);
        }
    }

    private void send(HostId host, Map<VirtualMachineId, Entitlement> order) {
        if (!hosts.isConnected(host)) {
            return;
        }
        HostFacts facts =
                inventory.snapshot().find(host).map(known -> known.facts()).orElse(null);
        long cpuMhz = facts == null ? 0 : facts.cpuMhz();
        Map<VirtualMachineId, HostOperation.Allocation> allocations = new TreeMap<>();
        order.forEach((vm, entitlement) -> allocations.put(vm, allocation(entitlement, cpuMhz)));
        long revision = lastRevision.updateAndGet(last -> Math.max(last + 1, clock.millis()));
        HostCommand command = new HostCommand(
                "allocate-" + revision,
                "",
                0,
                null,
                0,
                null,
                new HostOperation.ApplyAllocations(allocations, VALID, revision));
        hosts.send(host, command, ANSWER_MAX, progress -> {}).whenComplete((answer, failure) -> {
            if (failure != null) {
                log.info("{}: what its VMs are entitled to could not be told: {}", host, failure.getMessage());
            }
        });
    }

    /** The host counts in thousandths of one of its CPUs; a host whose clock is not known limits nobody. */
    private static HostOperation.Allocation allocation(Entitlement entitlement, long cpuMhz) {
        boolean limited = cpuMhz > 0 && entitlement.cpuMhz() != Entitlement.UNLIMITED;
        return new HostOperation.Allocation(
                limited ? Math.ceilDiv(entitlement.cpuMhz() * 1000, cpuMhz) : HostOperation.Allocation.NONE,
                entitlement.cpuShares(),
                entitlement.memoryBytes() == Entitlement.UNLIMITED
                        ? HostOperation.Allocation.NONE
                        : entitlement.memoryBytes());
    }
}
