package dev.sternpost.server.availability;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Objects;

/**
 * How a host says that it stands.
 *
 * @param clusterId the cluster it takes part in; empty when it was never told of one
 * @param version of the configuration it goes by
 * @param mode what it does
 * @param guard the part of it that holds the lease
 * @param datastoreProblem why the heartbeat datastore cannot be used; empty when it can
 * @param network what it hears
 * @param coordination what it knows as, or of, the coordinator
 * @param vms its protected virtual machines
 */
public record HaReport(
        String clusterId,
        long version,
        HaMode mode,
        Guard guard,
        String datastoreProblem,
        Network network,
        Coordination coordination,
        List<VmPhase> vms) {
    public HaReport {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(guard, "guard");
        Objects.requireNonNull(datastoreProblem, "datastoreProblem");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(coordination, "coordination");
        vms = List.copyOf(vms);
    }

    /**
     * The process that holds the lease and stops what runs.
     *
     * @param up whether it is there
     * @param leaseHeld whether the lease is good
     * @param leaseLeftMillis for how long, unless it is renewed
     * @param fenceProof how it was proved that this host can stop its virtual machines; empty while it was not
     * @param fenceProblem why it cannot be relied on; empty when it can
     * @param watchdog the machine's watchdog it keeps; empty for none
     */
    public record Guard(
            boolean up,
            boolean leaseHeld,
            long leaseLeftMillis,
            String fenceProof,
            String fenceProblem,
            String watchdog) {}

    /**
     * What a host hears.
     *
     * @param isolated whether that is nobody
     */
    public record Network(boolean isolated, List<HostId> heard) {
        public Network {
            heard = List.copyOf(heard);
        }
    }

    /**
     * What a host knows of the coordinator.
     *
     * @param coordinator whether it is that itself; the lists are empty when not
     * @param term its term, or the highest it knows of
     */
    public record Coordination(boolean coordinator, long term, List<Verdict> verdicts, List<Restart> restarts) {
        public Coordination {
            verdicts = List.copyOf(verdicts);
            restarts = List.copyOf(restarts);
        }
    }

    /** What the coordinator thinks of a host, as the protocol has it: "alive", "silent", "dead" and others. */
    public record Verdict(HostId hostId, String word) {}

    /**
     * A virtual machine that is being started again.
     *
     * @param stage "waiting", "ordered" or "running"
     * @param targetHostId where it was ordered to start; empty when nowhere yet
     */
    public record Restart(
            VirtualMachineId vmId,
            String stage,
            String targetHostId,
            int attempts,
            long wantedForMillis,
            String reason) {}

    /**
     * A protected virtual machine as its host lists it.
     *
     * @param phase "starting", "running", "guestUp", "lost" or "released"
     */
    public record VmPhase(VirtualMachineId vmId, long generation, String phase) {}

    /** Why this host cannot be relied on to stop what it runs before others start it; empty when it can. */
    public String whyNotReliable() {
        if (!datastoreProblem.isEmpty()) {
            return "the heartbeat datastore cannot be used: " + datastoreProblem;
        }
        if (!guard.up()) {
            return "its guard is not there";
        }
        if (!guard.fenceProblem().isEmpty()) {
            return guard.fenceProblem();
        }
        if (guard.fenceProof().isEmpty()) {
            return "it is not proved yet that it can stop its virtual machines";
        }
        return guard.leaseHeld() ? "" : "it does not hold its lease";
    }
}
