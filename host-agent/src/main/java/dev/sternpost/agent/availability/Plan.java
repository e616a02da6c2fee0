package dev.sternpost.agent.availability;

import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.ha.monitoring.GuestMonitoring;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this host is to keep up.
 *
 * @param clusterId the cluster; empty when the host was never told of one
 * @param mode what this host does
 * @param datastoreUuid the heartbeat datastore
 * @param config the same for the machines, with the version
 * @param peers where the agents of the cluster's hosts listen
 * @param places where the directories of the protected virtual machines lie
 * @param monitoring how the guests are watched that are
 * @param rules that bind where virtual machines are started
 * @param isolationAddresses what answers as long as this host is on the network
 * @param source as the server said it; goes to the disk and to other hosts
 */
public record Plan(
        String clusterId,
        Mode mode,
        String datastoreUuid,
        ClusterConfig config,
        SortedMap<HostId, InetSocketAddress> peers,
        SortedMap<VirtualMachineId, VmPlace> places,
        SortedMap<VirtualMachineId, GuestMonitoring> monitoring,
        List<Rule> rules,
        List<String> isolationAddresses,
        Source source) {

    /** What a host does for high availability. */
    public enum Mode {
        /** Nothing. */
        OFF,
        /** Leases and heartbeats; nothing is started again. */
        DISARMED,
        /** Everything. */
        ARMED
    }

    /** Bytes that mean a plan to whoever speaks with the server. */
    public record Source(byte[] bytes) {

        /** Understands them. */
        @FunctionalInterface
        public interface Reader {
            /** @throws IllegalArgumentException saying what makes no sense */
            Plan read(byte[] bytes);
        }
    }

    public Plan {
        peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
        places = Collections.unmodifiableSortedMap(new TreeMap<>(places));
        monitoring = Collections.unmodifiableSortedMap(new TreeMap<>(monitoring));
        rules = List.copyOf(rules);
        isolationAddresses = List.copyOf(isolationAddresses);
    }

    /** Whether this host takes part. */
    public boolean isOn() {
        return mode != Mode.OFF;
    }

    /** The same, with nothing to do. */
    Plan off() {
        return new Plan(
                clusterId,
                Mode.OFF,
                datastoreUuid,
                config,
                peers,
                places,
                monitoring,
                rules,
                isolationAddresses,
                source);
    }

    long version() {
        return config.version();
    }

    boolean isProtected(String vmId) {
        return isOn() && config.vms().containsKey(new VirtualMachineId(vmId));
    }

    boolean hasMember(HostId host) {
        return config.hosts().containsKey(host);
    }

    /** Whether the guard and the machine of the other can go on with this one. */
    boolean goesOnFrom(Plan other) {
        return isOn() && other.isOn() && clusterId.equals(other.clusterId) && datastoreUuid.equals(other.datastoreUuid);
    }
}
