package dev.sternpost.server.virtualmachine;

import java.util.List;

/**
 * A change of a VM's shape.
 *
 * @param etag refuse unless the VM still has this version; 0 for any
 * @param removeLabels disks and cards to remove
 * @param pool resource pool to draw from; empty leaves it
 */
public record ReconfigureRequest(String vm, long etag, ConfigWish config, List<String> removeLabels, String pool) {
    /** A change that leaves the resource pool. */
    public ReconfigureRequest(String vm, long etag, ConfigWish config, List<String> removeLabels) {
        this(vm, etag, config, removeLabels, "");
    }

    public ReconfigureRequest {
        removeLabels = List.copyOf(removeLabels);
    }

    /** Whether it asks only for what may change while the VM runs. */
    boolean suitsRunning() {
        boolean drawsOtherwise = config.changesSettings() || !pool.isEmpty();
        return drawsOtherwise && config.leavesShape() && removeLabels.isEmpty();
    }
}
