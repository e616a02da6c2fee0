package dev.sternpost.server.api;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.resource.PoolWish;
import dev.sternpost.server.resource.Promises;
import org.jspecify.annotations.Nullable;

/** Allocations and resource pools, from messages to the domain and back. */
final class Allocations {
    private Allocations() {}

    static AllocationWish wish(dev.sternpost.proto.resourcepool.v1.ResourceAllocation wanted) {
        return new AllocationWish(
                wanted.hasReservation() ? Long.valueOf(wanted.getReservation()) : null,
                wanted.hasLimit() ? Long.valueOf(wanted.getLimit()) : null,
                level(wanted.getSharesLevel()),
                wanted.getSharesLevel() == dev.sternpost.proto.resourcepool.v1.SharesLevel.SHARES_LEVEL_CUSTOM
                        ? wanted.getShares()
                        : 0);
    }

    static PoolWish wish(dev.sternpost.proto.resourcepool.v1.PoolAllocation wanted) {
        return new PoolWish(
                wish(wanted.getAmounts()), wanted.hasExpandable() ? Boolean.valueOf(wanted.getExpandable()) : null);
    }

    private static @Nullable SharesLevel level(dev.sternpost.proto.resourcepool.v1.SharesLevel level) {
        return switch (level) {
            case SHARES_LEVEL_UNSPECIFIED -> null;
            case SHARES_LEVEL_LOW -> SharesLevel.LOW;
            case SHARES_LEVEL_NORMAL -> SharesLevel.NORMAL;
            case SHARES_LEVEL_HIGH -> SharesLevel.HIGH;
            case SHARES_LEVEL_CUSTOM -> SharesLevel.CUSTOM;
            case UNRECOGNIZED ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, "shares_level has a value this server does not know. Correct it.");
        };
    }

    static dev.sternpost.proto.resourcepool.v1.ResourceAllocation of(ResourceAllocation allocation, long shares) {
        return dev.sternpost.proto.resourcepool.v1.ResourceAllocation.newBuilder()
                .setReservation(allocation.reservation())
                .setLimit(allocation.isLimited() ? allocation.limit() : AllocationWish.NO_LIMIT)
                .setSharesLevel(Enums.of(allocation.sharesLevel()))
                .setShares(shares)
                .build();
    }

    private static dev.sternpost.proto.resourcepool.v1.PoolAllocation of(PoolAllocation allocation, long shares) {
        return dev.sternpost.proto.resourcepool.v1.PoolAllocation.newBuilder()
                .setAmounts(of(allocation.amounts(), shares))
                .setExpandable(allocation.expandable())
                .build();
    }

    static dev.sternpost.proto.resourcepool.v1.ResourcePool pool(InventorySnapshot snapshot, ResourcePool pool) {
        Promises promises = Promises.around(snapshot, pool.id());
        return dev.sternpost.proto.resourcepool.v1.ResourcePool.newBuilder()
                .setId(pool.id().value())
                .setName(pool.name())
                .setParentId(pool.parentId().value())
                .setPath(snapshot.pathOf(pool.id()))
                .setVersion(pool.version())
                .setOwnerId(pool.ownerId().value())
                .setCpu(of(pool.cpu(), pool.cpu().amounts().cpuSharesOfPool()))
                .setMemory(of(pool.memory(), pool.memory().amounts().memorySharesOfPool()))
                .setVmCount(snapshot.vmsIn(pool.id()).size())
                .setPoolCount(snapshot.children(pool.id()).size())
                .setCpuPromisedMhz(promises.cpuMhzIn(pool.id()))
                .setMemoryPromisedBytes(promises.memoryBytesIn(pool.id()))
                .build();
    }
}
