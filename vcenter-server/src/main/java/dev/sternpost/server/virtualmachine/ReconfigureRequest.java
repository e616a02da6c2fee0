package dev.sternpost.server.virtualmachine;

import java.util.List;

/**
 * A change of a VM's shape.
 *
 * @param etag refuse unless the VM still has this version; 0 for any
 * @param removeLabels disks and cards to remove
 */
public record ReconfigureRequest(String vm, long etag, ConfigWish config, List<String> removeLabels) {
    public ReconfigureRequest {
        removeLabels = List.copyOf(removeLabels);
    }
}
