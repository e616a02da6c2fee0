package dev.sternpost.server.drs;

import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.server.placement.ClusterInput;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a pass is made from: the cluster now, and what moving each of its VMs means. */
public final class PassInput {
    /** What a migration takes besides copying. */
    private static final double MIGRATION_SECONDS = 3;

    /** How fast memory is copied until a migration of the VM itself has told: a network of 1 Gbit/s. */
    private static final double COPY_BYTES_PER_SECOND = 100e6;

    private static final double PAUSE_MILLIS = 300;

    private final ClusterInput clusters;
    private final MoveHistory history;
    private final Predicate<String> busy;

    /** @param busy whether a task on an object, named by its id, is under way */
    PassInput(ClusterInput clusters, MoveHistory history, Predicate<String> busy) {
        this.clusters = clusters;
        this.history = history;
        this.busy = busy;
    }

    /** A cluster now. VMs of a host that is being emptied are that task's business. */
    DrsSnapshot snapshot(InventorySnapshot inventory, Cluster cluster) {
        return clusters.snapshot(inventory, cluster.id(), (vm, settings) -> {
            boolean leaves = inventory
                    .find(vm.hostId())
                    .filter(host -> host.mode().isEntering())
                    .isPresent();
            return mobility(vm, settings, leaves ? "is moved by the task that empties its host" : "");
        });
    }

    /** The same for who empties a host. */
    public DrsSnapshot forEvacuation(InventorySnapshot inventory, Cluster cluster) {
        return clusters.snapshot(inventory, cluster.id(), (vm, settings) -> mobility(vm, settings, ""));
    }

    public DrsPolicy policy(Cluster cluster) {
        return ClusterInput.policy(cluster);
    }

    private VmMobility mobility(VirtualMachine vm, DrsSettings settings, String pinned) {
        @Nullable
        AutomationLevel level =
                settings.overrideOf(vm.id()).map(ClusterInput::planned).orElse(null);
        return new VmMobility(
                level,
                busy.test(vm.id().value()) ? "has a task under way" : pinned,
                MIGRATION_SECONDS + vm.config().memoryBytes() / COPY_BYTES_PER_SECOND,
                PAUSE_MILLIS,
                history.of(vm.id().value()).orElse(null));
    }
}
