package dev.sternpost.cli.pool;

import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.resourcepool.v1.ResourceAllocation;
import dev.sternpost.proto.resourcepool.v1.SharesLevel;
import java.util.function.LongFunction;

/** Allocations in words. */
public final class AllocationWords {
    private AllocationWords() {}

    /** Such as "500 MHz reserved, no limit, normal shares (1000)"; empty when the server did not say. */
    public static String cpu(ResourceAllocation allocation) {
        return words(allocation, mhz -> mhz + " MHz");
    }

    /** The same for memory. */
    public static String memory(ResourceAllocation allocation) {
        return words(allocation, Sizes::format);
    }

    private static String words(ResourceAllocation allocation, LongFunction<String> amount) {
        if (allocation.getSharesLevel() == SharesLevel.SHARES_LEVEL_UNSPECIFIED) {
            return "";
        }
        return "%s reserved, %s, %s shares (%d)"
                .formatted(
                        amount.apply(allocation.getReservation()),
                        allocation.getLimit() < 0 ? "no limit" : "at most " + amount.apply(allocation.getLimit()),
                        Words.of(allocation.getSharesLevel()),
                        allocation.getShares());
    }
}
