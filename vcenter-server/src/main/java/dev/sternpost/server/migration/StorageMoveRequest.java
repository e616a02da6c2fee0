package dev.sternpost.server.migration;

import dev.sternpost.inventory.DiskProvisioning;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for.
 *
 * @param vm id, path, UUID or unique name
 * @param datastore the same of the datastore that its files are to be on
 * @param provisioning how disks are to be set aside there; null for as they are
 * @param bandwidthLimitBytesPerSecond for each disk; 0 for none
 */
public record StorageMoveRequest(
        String vm, String datastore, @Nullable DiskProvisioning provisioning, long bandwidthLimitBytesPerSecond) {
    public StorageMoveRequest {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(datastore, "datastore");
    }
}
