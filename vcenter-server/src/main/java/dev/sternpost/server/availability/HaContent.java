package dev.sternpost.server.availability;

import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What all hosts of a cluster are told alike.
 *
 * @param heartbeatDatastore where leases and tables are kept
 * @param timing how long it takes to be sure of a failure
 * @param hosts those that take part, in the order of ids
 * @param vms those that are started again, in the order of ids
 * @param isolationAddresses addresses that answer as long as a host is on the network
 * @param rules those that bind where virtual machines are started
 */
public record HaContent(
        UUID heartbeatDatastore,
        HaSettings.Timing timing,
        List<Member> hosts,
        List<Vm> vms,
        List<String> isolationAddresses,
        List<Rule> rules) {
    public HaContent {
        Objects.requireNonNull(heartbeatDatastore, "heartbeatDatastore");
        Objects.requireNonNull(timing, "timing");
        hosts = List.copyOf(hosts);
        vms = List.copyOf(vms);
        isolationAddresses = List.copyOf(isolationAddresses);
        rules = List.copyOf(rules);
    }

    /** Whether a host takes part. */
    public boolean names(HostId id) {
        return hosts.stream().anyMatch(host -> host.id().equals(id));
    }

    /**
     * A host.
     *
     * @param memoryBytes what its virtual machines may have
     * @param cpuMhz what can be reserved of its CPUs
     * @param open whether virtual machines may be started there
     * @param spare whether it is kept free for a failover
     * @param relayAddress "address:port" of its agent for those of other hosts
     */
    public record Member(HostId id, long memoryBytes, long cpuMhz, boolean open, boolean spare, String relayAddress) {}

    /**
     * A virtual machine.
     *
     * @param memoryBytes what its host must have
     * @param cpuMhz what is reserved for it
     * @param datastore where its directory is
     * @param monitored whether its guest is reset when it hangs
     */
    public record Vm(
            VirtualMachineId id,
            long memoryBytes,
            long cpuMhz,
            HaVmSettings.Priority priority,
            HaIsolationResponse isolation,
            HaVmSettings.Readiness readiness,
            long readyAfterMillis,
            List<VirtualMachineId> dependsOn,
            UUID datastore,
            String directory,
            boolean monitored) {
        public Vm {
            dependsOn = List.copyOf(dependsOn);
        }
    }

    /** What binds virtual machines to each other or to hosts. */
    public enum Bond {
        KEEP_TOGETHER,
        KEEP_APART,
        MUST_RUN_ON,
        MUST_NOT_RUN_ON
    }

    /**
     * A rule.
     *
     * @param hosts empty for rules among virtual machines
     */
    public record Rule(String name, Bond bond, List<VirtualMachineId> vms, List<HostId> hosts) {
        public Rule {
            vms = List.copyOf(vms);
            hosts = List.copyOf(hosts);
        }
    }
}
