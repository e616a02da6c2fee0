package dev.sternpost.server.migration;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Objects;

/**
 * What a caller asks for.
 *
 * @param vm id, path, UUID or unique name
 * @param host the same of the target; empty lets placement choose
 * @param downtimeLimitMillis longest pause wanted; 0 for the default
 * @param bandwidthLimitBytesPerSecond 0 for none
 */
public record MigrationRequest(String vm, String host, long downtimeLimitMillis, long bandwidthLimitBytesPerSecond) {
    /** Longest pause that can be asked for. */
    public static final long DOWNTIME_LIMIT_MILLIS_MAX = 60_000;

    public MigrationRequest {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(host, "host");
        if (downtimeLimitMillis < 0 || downtimeLimitMillis > DOWNTIME_LIMIT_MILLIS_MAX) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "downtime_limit_ms is 0 (for the default) to %d; %d is not."
                            .formatted(DOWNTIME_LIMIT_MILLIS_MAX, downtimeLimitMillis));
        }
        if (bandwidthLimitBytesPerSecond < 0) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "bandwidth_limit_bytes_per_second is 0 (for none) or more.");
        }
    }
}
