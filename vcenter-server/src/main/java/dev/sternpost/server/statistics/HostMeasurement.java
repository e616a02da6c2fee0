package dev.sternpost.server.statistics;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Map;

/**
 * What a host reports of one interval.
 *
 * @param name when the interval ended, by the host's own clock; only names the report
 * @param ageMillis how long ago it ended when the report came
 * @param host figures of the host itself
 * @param vms figures of its VMs
 */
public record HostMeasurement(
        long name, long ageMillis, Sample.Figures host, Map<VirtualMachineId, Sample.Figures> vms) {
    public HostMeasurement {
        vms = Map.copyOf(vms);
    }
}
