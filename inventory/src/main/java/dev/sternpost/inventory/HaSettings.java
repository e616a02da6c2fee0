package dev.sternpost.inventory;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the hosts of a cluster do when one of them fails.
 *
 * @param state whether they do anything
 * @param disarmed why nothing is started again at present although high availability is on; null when it is
 * @param heartbeatDatastoreId where leases and tables are kept; null until one was chosen
 * @param timing how long it takes to be sure of a failure
 * @param admission what must stay free for a failover
 * @param isolation what an isolated host does with a virtual machine that says nothing else
 * @param monitoring whether guests that hang are reset, for virtual machines that say nothing else
 * @param isolationAddresses addresses that answer as long as a host is on the network
 * @param vms virtual machines with settings of their own, in the order of ids; those that are gone do not count
 */
public record HaSettings(
        State state,
        @Nullable Disarmed disarmed,
        @Nullable DatastoreId heartbeatDatastoreId,
        Timing timing,
        HaAdmission admission,
        HaIsolationResponse isolation,
        boolean monitoring,
        List<String> isolationAddresses,
        List<HaVmSettings> vms) {
    /** Most addresses that a host asks whether it is isolated. */
    public static final int ISOLATION_ADDRESSES_MAX = 10;

    /** Off; what most want once it is on. */
    public static final HaSettings DEFAULT = new HaSettings(
            State.OFF,
            null,
            null,
            Timing.DEFAULT,
            HaAdmission.hostFailures(1),
            HaIsolationResponse.LEAVE_ON,
            false,
            List.of(),
            List.of());

    /** Whether high availability is on. Enabling and disabling are tasks; meanwhile nothing is started again. */
    public enum State {
        OFF,
        ENABLING,
        ON,
        DISABLING
    }

    /** How long it takes to be sure of a failure, and what is ridden out. */
    public enum Timing {
        /** A death is known after 12.5 s, and 5 s of stall are ridden out. */
        DEFAULT,
        /** A death is known after 50 s, and half a minute of stall is ridden out. */
        PATIENT
    }

    /** Planned work on the whole cluster. */
    public record Disarmed(String reason, Instant since) {
        public Disarmed {
            Checks.notBlank("reason", reason);
            Objects.requireNonNull(since, "since");
        }
    }

    public HaSettings {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(admission, "admission");
        Objects.requireNonNull(isolation, "isolation");
        isolationAddresses = isolationAddresses.stream().distinct().toList();
        if (isolationAddresses.size() > ISOLATION_ADDRESSES_MAX) {
            throw new IllegalArgumentException("more than " + ISOLATION_ADDRESSES_MAX + " addresses");
        }
        vms = vms.stream()
                .filter(vm -> !vm.isUsual())
                .sorted(Comparator.comparing(HaVmSettings::vmId))
                .toList();
    }

    /** Whether hosts hold leases for it, be it armed or not. */
    public boolean isKept() {
        return state != State.OFF;
    }

    /** Whether what fails is started again. */
    public boolean isArmed() {
        return state == State.ON && disarmed == null;
    }

    /** Whether a host is to run nothing, so that there is room when another fails. */
    public boolean keepsFree(HostId host) {
        return isArmed() && admission.dedicatedHostIds().contains(host);
    }

    /** Settings of its own of a virtual machine. */
    public Optional<HaVmSettings> of(VirtualMachineId vmId) {
        return vms.stream().filter(vm -> vm.vmId().equals(vmId)).findFirst();
    }

    public HaSettings withState(State newState) {
        return new HaSettings(
                newState,
                newState == State.OFF ? null : disarmed,
                heartbeatDatastoreId,
                timing,
                admission,
                isolation,
                monitoring,
                isolationAddresses,
                vms);
    }

    public HaSettings withDisarmed(@Nullable Disarmed newDisarmed) {
        return new HaSettings(
                state,
                newDisarmed,
                heartbeatDatastoreId,
                timing,
                admission,
                isolation,
                monitoring,
                isolationAddresses,
                vms);
    }

    public HaSettings withHeartbeatDatastoreId(@Nullable DatastoreId newHeartbeatDatastoreId) {
        return new HaSettings(
                state,
                disarmed,
                newHeartbeatDatastoreId,
                timing,
                admission,
                isolation,
                monitoring,
                isolationAddresses,
                vms);
    }

    public HaSettings withVms(List<HaVmSettings> newVms) {
        return new HaSettings(
                state,
                disarmed,
                heartbeatDatastoreId,
                timing,
                admission,
                isolation,
                monitoring,
                isolationAddresses,
                newVms);
    }
}
