package dev.sternpost.ha.port;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;

/**
 * What a machine wants done. Each is started at once and in order; answers come back as inputs. Whoever executes them may be slow, and may
 * fail, but does nothing that was not asked for.
 */
public sealed interface Effect {
    /** Reads a slot of the heartbeat datastore, past every cache. Answered by {@link Input.SlotRead}. */
    record ReadSlot(String slot) implements Effect {}

    /**
     * Replaces a slot as a whole, and has it on the disk before answering. Answered by {@link Input.SlotWritten}, however late; until then the
     * same machine writes nothing else there.
     *
     * @param ticket comes back with the answer
     */
    record WriteSlot(String slot, String content, long ticket) implements Effect {}

    /** Sends a message; may be lost. */
    record Send(HostId to, Message message) implements Effect {}

    /** Asks the isolation addresses, such as the gateway, for a sign of life. Answered by {@link Input.AddressAnswered}, or not. */
    record PingIsolationAddresses() implements Effect {}

    /** Compare-and-set of a virtual machine's lock, durable before it is answered. Answered by {@link Input.LockAnswer}, however late. */
    record SwapLock(VirtualMachineId vmId, LockState expected, LockState next) implements Effect {}

    /** Reads a virtual machine's lock. Answered by {@link Input.LockRead}. */
    record ReadLock(VirtualMachineId vmId) implements Effect {}

    /**
     * Makes the virtual machine's process, in the control group that the guard empties, with its CPUs stopped and the locks of its disk images
     * taken; one that is there already is killed first. Answered by {@link Input.VmCreated} or {@link Input.VmGone}.
     */
    record CreateVm(VirtualMachineId vmId, long generation, long epoch) implements Effect {}

    /** Lets the guest execute. */
    record ContinueVm(VirtualMachineId vmId) implements Effect {}

    /**
     * Stops a virtual machine, though not one that was started anew under a later generation meanwhile. Answered by {@link Input.VmGone}; asked
     * again until that comes, also while it is being tried.
     */
    record StopVm(VirtualMachineId vmId, long generation, boolean askGuestFirst) implements Effect {}

    /**
     * Kills every protected virtual machine of the host, also those that are being created. Answered by {@link Input.AllStopped}.
     *
     * @param epoch comes back with the answer
     */
    record StopAllVms(long epoch) implements Effect {}

    /** Sets the machine's watchdog, if it has one: unless set again, the machine is reset at that moment of its own clock. */
    record SetWatchdog(long atMillis) implements Effect {}

    /** The guard tells the host machine, and a file that outlives the guard, how long the lease is good. */
    record LeaseIs(long epoch, long untilMillis) implements Effect {}

    /** The host machine tells the guard that it lives, and what to publish. */
    record TellGuard(boolean isolated) implements Effect {}

    /** Something happened. */
    record Tell(Happening happening) implements Effect {}

    /** Something happened. */
    static Effect tell(Happening.Kind kind, String words) {
        return new Tell(new Happening(kind, words));
    }
}
