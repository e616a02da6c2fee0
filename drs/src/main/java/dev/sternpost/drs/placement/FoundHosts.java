package dev.sternpost.drs.placement;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Map;

/**
 * Hosts for several VMs at once, without what was thought of every other host.
 *
 * @param hosts of those that found one
 * @param reasons why the others found none, as sentences that name hosts
 */
public record FoundHosts(Map<VirtualMachineId, HostId> hosts, Map<VirtualMachineId, String> reasons) {
    public FoundHosts {
        hosts = Map.copyOf(hosts);
        reasons = Map.copyOf(reasons);
    }
}
