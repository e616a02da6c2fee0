package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.agent.operation.Keeper;
import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the host's machine asks for, each thing on a thread of its own, and puts the answers where the machine takes them. Every read, write
 * and change of a lock is answered, whatever happens: the machine waits for it.
 */
final class Deeds {

    private static final Logger log = LoggerFactory.getLogger(Deeds.class);

    private static final int PING_MILLIS_MAX = 1_000;

    private final MembershipKit kit;
    private final SlotStore store;
    private final KeptVms kept;
    private final Peers peers;
    private final Queue<Input> inputs;
    private final Membership membership;
    private final OneAtATime away = new OneAtATime();

    /** Each read has its own moment: who asks for one is not served by one that began before. One thread counts. */
    private long reads;

    Deeds(MembershipKit kit, SlotStore store, KeptVms kept, Peers peers, Queue<Input> inputs, Membership membership) {
        this.kit = kit;
        this.store = store;
        this.kept = kept;
        this.peers = peers;
        this.inputs = inputs;
        this.membership = membership;
    }

    private long now() {
        return kit.clock().getAsLong();
    }

    void start(Effect effect) {
        switch (effect) {
            case Effect.ReadSlot read -> away.start("read-" + reads++, () -> read(read.slot()));
            case Effect.WriteSlot write ->
                away.start("write-" + write.slot() + "-" + write.ticket(), () -> write(write));
            case Effect.Send send -> {
                if (send.to().equals(kit.hostId())) {
                    inputs.add(new Input.Heard(send.message(), now()));
                } else {
                    peers.send(send.to(), send.message());
                }
            }
            case Effect.PingIsolationAddresses _ ->
                membership
                        .plan()
                        .isolationAddresses()
                        .forEach(address -> away.start("ping-" + address, () -> ping(address)));
            case Effect.SwapLock swap -> away.start("lock-" + swap.vmId(), () -> swap(swap));
            case Effect.ReadLock read -> away.start("look-" + read.vmId(), () -> readLock(read.vmId()));
            case Effect.CreateVm create ->
                away.start("start-" + create.vmId() + "-" + create.generation(), () -> create(create));
            // One that waits for a guest to shut down must not keep another from killing it.
            case Effect.StopVm stop ->
                away.start((stop.askGuestFirst() ? "shut-down-" : "stop-") + stop.vmId(), () -> stop(stop));
            case Effect.Tell tell -> membership.tell(tell.happening());
            case Effect.ContinueVm _ -> {
                // It was let run when it was made, by leave of the same lease.
            }
            case Effect.StopAllVms _, Effect.SetWatchdog _, Effect.LeaseIs _, Effect.TellGuard _ ->
                throw new IllegalStateException("a host's machine does not ask for that: " + effect);
        }
    }

    private void read(String slot) {
        long begun = now();
        Input answer;
        try {
            answer = new Input.SlotRead(slot, begun, store.read(slot), false, now());
            membership.slots().told(null);
        } catch (IOException | RuntimeException e) {
            answer = new Input.SlotRead(slot, begun, Optional.empty(), true, now());
            membership.slots().told(e);
        }
        inputs.add(answer);
    }

    private void write(Effect.WriteSlot write) {
        long begun = now();
        boolean ok = false;
        try {
            store.write(write.slot(), write.content());
            ok = true;
        } catch (IOException | RuntimeException e) {
            membership.slots().told(e);
        }
        inputs.add(new Input.SlotWritten(write.slot(), write.ticket(), begun, ok, now()));
    }

    private void ping(String address) {
        try {
            if (InetAddress.getByName(address).isReachable(PING_MILLIS_MAX)) {
                inputs.add(new Input.AddressAnswered(now()));
            }
        } catch (IOException e) {
            log.debug("{} does not answer: {}", address, e.toString());
        }
    }

    private void swap(Effect.SwapLock swap) {
        Optional<LockState> actual;
        try {
            actual = Optional.of(Locks.state(kept.exchange(
                    place(swap.vmId()),
                    swap.vmId().value(),
                    Locks.holder(swap.expected(), kit.incarnation()),
                    Locks.holder(swap.next(), kit.incarnation()))));
        } catch (FaultException e) {
            log.info("the lock of {}: {}", swap.vmId(), e.getMessage());
            actual = Optional.empty();
            if (!membership.plan().places().containsKey(swap.vmId())) {
                // Nobody asks for it any more.
                inputs.add(new Input.VmDeparted(swap.vmId(), now()));
            }
        }
        boolean done = actual.filter(swap.next()::equals).isPresent();
        inputs.add(new Input.LockAnswer(swap.vmId(), swap.next(), done, actual, now()));
    }

    private void readLock(VirtualMachineId vmId) {
        Optional<LockState> lock;
        try {
            lock = Optional.of(Locks.state(kept.lock(place(vmId), vmId.value())));
        } catch (FaultException e) {
            lock = Optional.empty();
        }
        inputs.add(new Input.LockRead(vmId, lock, now()));
    }

    private VmPlace place(VirtualMachineId vmId) {
        VmPlace place = membership.plan().places().get(vmId);
        if (place == null) {
            throw new FaultException(FaultCode.OBJECT_NOT_FOUND, vmId.value(), vmId + " is not protected any more.");
        }
        return place;
    }

    private void create(Effect.CreateVm create) {
        String vmId = create.vmId().value();
        try {
            membership.files().mark(vmId);
            Keeper.Permit permit = membership.lease().permit(vmId, create.epoch());
            kept.start(vmId, create.generation(), place(create.vmId()), permit);
            inputs.add(new Input.VmCreated(create.vmId(), create.generation(), now()));
        } catch (RuntimeException e) {
            String why = words(e);
            log.warn("{} could not be started again: {}", vmId, why);
            inputs.add(new Input.VmGone(create.vmId(), false, why, now()));
        }
    }

    private static String words(RuntimeException e) {
        boolean inUse = e instanceof FaultException fault && fault.fault().code() == FaultCode.VM_LOCKED;
        return inUse
                ? "its disk images are in use: the host that had it seems to run it still, though nobody guards it there;"
                        + " look at that host, or switch it off"
                : Optional.ofNullable(e.getMessage()).orElse(e.toString());
    }

    private void stop(Effect.StopVm stop) {
        try {
            if (kept.stop(stop.vmId().value(), stop.generation(), stop.askGuestFirst())) {
                inputs.add(new Input.VmGone(stop.vmId(), false, "stopped to be started elsewhere", now()));
            }
        } catch (RuntimeException e) {
            // Not gone, so nothing is said, and it is asked for again.
            log.error("{} could not be stopped: {}", stop.vmId(), e.getMessage());
        }
    }
}
