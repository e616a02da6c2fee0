package dev.sternpost.ha.port;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Optional;

/** What comes to a machine. Every moment is of the host's own monotonic clock, in milliseconds. */
public sealed interface Input {
    /** When it comes. */
    long atMillis();

    /** Time goes by; comes every {@link dev.sternpost.ha.timing.HaTiming#TICK_MILLIS}. */
    record Tick(long atMillis) implements Input {}

    /** What the cluster is to be, from the server or from the datastore. */
    record Configured(ClusterConfig config, long atMillis) implements Input {}

    /**
     * A slot was read.
     *
     * @param startedMillis when the read was started: what it shows is not older
     * @param content empty when there is no such slot
     * @param failed the read did not succeed, and says nothing
     */
    record SlotRead(String slot, long startedMillis, Optional<String> content, boolean failed, long atMillis)
            implements Input {}

    /**
     * A slot was written, or not: when {@code ok} is false it may still be, later.
     *
     * @param startedMillis when the write was started
     */
    record SlotWritten(String slot, long ticket, long startedMillis, boolean ok, long atMillis) implements Input {}

    /** Another host said something. */
    record Heard(Message message, long atMillis) implements Input {}

    /** An isolation address answered. */
    record AddressAnswered(long atMillis) implements Input {}

    /**
     * A lock was asked to change.
     *
     * @param next what it should have become
     * @param done whether it is that now
     * @param actual what it says now; empty when the datastore did not answer, and the change may still come
     */
    record LockAnswer(VirtualMachineId vmId, LockState next, boolean done, Optional<LockState> actual, long atMillis)
            implements Input {}

    /** What a lock says; empty when the datastore did not answer. */
    record LockRead(VirtualMachineId vmId, Optional<LockState> lock, long atMillis) implements Input {}

    /** A virtual machine's process is there, its CPUs stopped. */
    record VmCreated(VirtualMachineId vmId, long generation, long atMillis) implements Input {}

    /** The guest says that it is up. */
    record GuestUp(VirtualMachineId vmId, long atMillis) implements Input {}

    /**
     * A virtual machine's process is gone.
     *
     * @param intended the guest or an administrator shut it down: it is not started again
     * @param reason in words
     */
    record VmGone(VirtualMachineId vmId, boolean intended, String reason, long atMillis) implements Input {}

    /**
     * A virtual machine runs here that this machine did not have started: the server powered it on, it came by live migration, or it is
     * protected from now on. Its lock names this host, and the lease was asked before it was let go
     * ({@link dev.sternpost.ha.host.HostMachine.State#mayRun}). Where the lock names this host and the virtual machine could not be let go,
     * this and {@link VmGone} right after it have it started elsewhere.
     */
    record VmArrived(VirtualMachineId vmId, long generation, long atMillis) implements Input {}

    /**
     * A virtual machine is rightly no longer this host's to keep up: shut down because somebody wanted that, gone by live migration, or not
     * protected any more. Whoever did that has seen to its lock.
     */
    record VmDeparted(VirtualMachineId vmId, long atMillis) implements Input {}

    /** The guard's word about the lease. */
    record Lease(long epoch, long untilMillis, long atMillis) implements Input {}

    /** The host machine's word to the guard. */
    record HostSays(boolean isolated, long atMillis) implements Input {}

    /** No protected virtual machine of this host was left when {@link Effect.StopAllVms} had done its work. */
    record AllStopped(long epoch, long atMillis) implements Input {}
}
