package dev.sternpost.ha.policy;

import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the hosts of a cluster are to keep up, whether the server is there or not.
 *
 * @param version rises with each change; a lower one is ignored
 * @param armed whether failures are answered; not during planned work on the whole cluster
 */
public record ClusterConfig(
        long version,
        boolean armed,
        HaTiming timing,
        RestartSettings restart,
        SortedMap<HostId, MemberHost> hosts,
        SortedMap<VirtualMachineId, ProtectedVm> vms) {
    public ClusterConfig {
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(restart, "restart");
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        vms = Collections.unmodifiableSortedMap(new TreeMap<>(vms));
    }

    /** An armed cluster. */
    public static ClusterConfig of(
            long version, HaTiming timing, Collection<MemberHost> hosts, Collection<ProtectedVm> vms) {
        TreeMap<HostId, MemberHost> byHost = new TreeMap<>();
        hosts.forEach(host -> byHost.put(host.hostId(), host));
        TreeMap<VirtualMachineId, ProtectedVm> byVm = new TreeMap<>();
        vms.forEach(vm -> byVm.put(vm.vmId(), vm));
        return new ClusterConfig(version, true, timing, RestartSettings.DEFAULT, byHost, byVm);
    }

    public ClusterConfig withArmed(long newVersion, boolean newArmed) {
        return new ClusterConfig(newVersion, newArmed, timing, restart, hosts, vms);
    }
}
