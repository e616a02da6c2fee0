package dev.sternpost.server.migration;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.DowntimeBudget;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for.
 *
 * @param vm id, path, UUID or unique name
 * @param host the same of the target; empty lets placement choose
 * @param downtimeLimitMillis longest pause wanted; 0 for that of the VM
 * @param bandwidthLimitBytesPerSecond 0 for none
 * @param datastore id, path or name of the datastore its files are to go to with it; empty leaves them where they are
 * @param provisioning how disks are to be set aside there; null for as they are
 */
public record MigrationRequest(
        String vm,
        String host,
        long downtimeLimitMillis,
        long bandwidthLimitBytesPerSecond,
        String datastore,
        @Nullable DiskProvisioning provisioning) {
    /** With its files left where they are. */
    public MigrationRequest(String vm, String host, long downtimeLimitMillis, long bandwidthLimitBytesPerSecond) {
        this(vm, host, downtimeLimitMillis, bandwidthLimitBytesPerSecond, "", null);
    }

    public MigrationRequest {
        Objects.requireNonNull(datastore, "datastore");
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(host, "host");
        DowntimeBudget.check("downtime_limit_ms", downtimeLimitMillis);
        if (bandwidthLimitBytesPerSecond < 0) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "bandwidth_limit_bytes_per_second is 0 (for none) or more.");
        }
    }
}
