package dev.sternpost.server.placement;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.Newcomer;
import java.util.Map;
import java.util.Set;

/** Whether the promised failover of a cluster would still be possible after a change. */
public interface FailoverGuard {
    /** Where nothing is promised. */
    FailoverGuard NONE = new FailoverGuard() {
        @Override
        public void requireWith(InventorySnapshot snapshot, Newcomer vm, HostId host) {}

        @Override
        public void requireWithout(InventorySnapshot snapshot, HostId host) {}

        @Override
        public void requireLeft(InventorySnapshot snapshot, HostId host) {}

        @Override
        public boolean isKeptBy(
                InventorySnapshot snapshot,
                ClusterId cluster,
                Set<HostId> hosts,
                Map<VirtualMachineId, HostId> running) {
            return true;
        }
    };

    /**
     * A virtual machine is to run on a host, or to go on there with another shape.
     *
     * @throws FaultException WOULD_BREAK_FAILOVER, with the numbers
     */
    void requireWith(InventorySnapshot snapshot, Newcomer vm, HostId host);

    /**
     * A host is to be emptied and not used for a while, or for good. What was broken before does not stand in the way.
     *
     * @throws FaultException WOULD_BREAK_FAILOVER, with the numbers
     */
    void requireWithout(InventorySnapshot snapshot, HostId host);

    /**
     * A host is to be removed for good: nobody may count on its lease any more, and it may not decide for others any more.
     *
     * @throws FaultException HOST_WRONG_MODE, with what to do
     */
    void requireLeft(InventorySnapshot snapshot, HostId host);

    /**
     * Whether it would be possible with these hosts alone in use.
     *
     * @param running where each virtual machine of the cluster that runs would do so
     */
    boolean isKeptBy(
            InventorySnapshot snapshot, ClusterId cluster, Set<HostId> hosts, Map<VirtualMachineId, HostId> running);
}
