package dev.sternpost.sim.ha;

import dev.sternpost.inventory.VirtualMachineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Has a host leave the cluster, as the server does before its power goes off. */
final class Maintenance {
    private static final Duration LOOKS = Duration.ofSeconds(1);

    /** How often it is looked whether a host that is to leave is empty, and every how many times what is there is moved away. */
    private static final int EMPTYINGS_MAX = 60;

    private static final int MOVES_EVERY = 4;

    private final HaCluster cluster;

    Maintenance(HaCluster cluster) {
        this.cluster = cluster;
    }

    /** Nothing is started on the host any more; what it runs is moved away, and when it is empty and everybody knows, it goes. */
    void leave(HaHost host) {
        cluster.configs.close(host);
        empty(host, EMPTYINGS_MAX);
    }

    private void empty(HaHost host, int times) {
        cluster.simulation.after(LOOKS, "maintenance", () -> {
            boolean closed = Optional.ofNullable(cluster.config().hosts().get(host.id))
                    .map(member -> !member.open())
                    .orElse(false);
            if (!closed) {
                return;
            }
            if (times == 0) {
                cluster.say(host, "could not be emptied, and stays");
                cluster.configs.open(host);
            } else if (host.powered && host.qemus.isEmpty() && listsNothing(host) && cluster.configs.isKnown()) {
                cluster.say(host, "is empty, and leaves");
                cluster.configs.remove(host);
            } else {
                if (times % MOVES_EVERY == 0) {
                    List.copyOf(host.qemus.keySet()).forEach(vm -> away(host, vm));
                }
                empty(host, times - 1);
            }
        });
    }

    private static boolean listsNothing(HaHost host) {
        return host.agentState != null && host.agentState.entries().isEmpty();
    }

    private void away(HaHost host, VirtualMachineId vm) {
        cluster.hosts.values().stream()
                .filter(other -> other != host && cluster.orders.isOpen(other) && other.agentState != null)
                .filter(other -> host.executes(vm))
                .findFirst()
                .ifPresent(other -> cluster.orders.move(vm, other));
    }
}
