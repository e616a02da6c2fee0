package dev.sternpost.server.migration;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.DowntimeBudget;
import java.util.Objects;

/**
 * What a caller asks for.
 *
 * @param vm id, path, UUID or unique name
 * @param host the same of the target; empty lets placement choose
 * @param downtimeLimitMillis longest pause wanted; 0 for that of the VM
 * @param bandwidthLimitBytesPerSecond 0 for none
 */
public record MigrationRequest(String vm, String host, long downtimeLimitMillis, long bandwidthLimitBytesPerSecond) {
    public MigrationRequest {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(host, "host");
        DowntimeBudget.check("downtime_limit_ms", downtimeLimitMillis);
        if (bandwidthLimitBytesPerSecond < 0) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "bandwidth_limit_bytes_per_second is 0 (for none) or more.");
        }
    }
}
