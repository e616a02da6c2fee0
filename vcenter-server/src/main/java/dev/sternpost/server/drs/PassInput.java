package dev.sternpost.server.drs;

import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.vmotion.precopy.PrecopyCourse;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a pass is made from: the cluster now, and what moving each of its VMs means. */
public final class PassInput {
    /** What a migration takes besides copying and pausing: tasks, the shadow VM, the network. */
    private static final double MIGRATION_SECONDS = 2;

    private final ClusterInput clusters;
    private final MoveHistory history;
    private final Migrations migrations;
    private final Predicate<String> busy;

    /** @param busy whether a task on an object, named by its id, is under way */
    PassInput(ClusterInput clusters, MoveHistory history, Migrations migrations, Predicate<String> busy) {
        this.clusters = clusters;
        this.history = history;
        this.migrations = migrations;
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
        PrecopyCourse course = migrations.forecasts().likeliest(vm);
        return new VmMobility(
                level,
                busy.test(vm.id().value()) ? "has a task under way" : pinned,
                MIGRATION_SECONDS + course.seconds(),
                course.pauseMillis(),
                history.of(vm.id().value()).orElse(null));
    }
}
