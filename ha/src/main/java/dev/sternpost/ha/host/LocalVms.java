package dev.sternpost.ha.host;

import dev.sternpost.ha.host.LocalVm.Stage;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Message.Outcome;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A host's protected virtual machines, one turn of the machine. The order of a start is what safety rests on: listed in the host's table, then
 * locked under the next generation, then made with its CPUs stopped, then let go, and only if the lease has been good from the order until
 * now. Whoever looks after this host's death finds each virtual machine in the table; and what is made after a stop of everything finds that
 * the lease is another.
 */
final class LocalVms {
    /** What was released is usually seen elsewhere; when it is not, its lock tells what became of it. */
    private static final long RELEASED_LOOK_MILLIS = 10_000;

    private final HostId self;
    private final List<Effect> effects;
    private SortedMap<VirtualMachineId, LocalVm> vms;
    private long epoch;
    private long leaseUntil;
    private long tableVersion;
    private long writtenVersion;
    private long writing;
    private long retryMillis;

    LocalVms(HostId self, LocalState state, List<Effect> effects) {
        this.self = self;
        this.effects = effects;
        this.vms = state.vms();
        this.epoch = state.epoch();
        this.leaseUntil = state.leaseUntilMillis();
        this.tableVersion = state.tableVersion();
        this.writtenVersion = state.writtenVersion();
        this.writing = state.writing();
        this.retryMillis = state.retryMillis();
    }

    LocalState state() {
        return new LocalState(epoch, leaseUntil, vms, tableVersion, writtenVersion, writing, retryMillis);
    }

    void take(Input input) {
        long at = input.atMillis();
        switch (input) {
            case Input.Lease lease -> lease(lease);
            case Input.VmArrived arrived -> arrived(arrived.vmId(), arrived.generation());
            case Input.VmDeparted departed -> drop(departed.vmId());
            case Input.SlotWritten written when written.slot().equals(VmTable.slotOf(self)) -> written(written);
            case Input.LockAnswer answer -> answered(answer);
            case Input.LockRead read -> lockRead(read);
            case Input.VmCreated created -> created(created);
            case Input.GuestUp up -> guestUp(up.vmId());
            case Input.VmGone gone -> gone(gone);
            case Input.Tick ignored -> {
                boolean over = epoch > 0 && at >= leaseUntil;
                for (LocalVm vm : List.copyOf(vms.values())) {
                    // The guard should have done this: the agent is the guard's guard.
                    if (over && (vm.runs() || vm.isShuttingDown(at))) {
                        end(vm, false, at);
                    } else {
                        askAgain(vm, at);
                    }
                }
            }
            default -> {}
        }
    }

    /** An order, or the same in the server's name. */
    void start(VirtualMachineId vmId, LockState expected, long generation, @Nullable HostId orderedBy, long at) {
        LocalVm present = vms.get(vmId);
        LocalVm wanted = new LocalVm(vmId, generation, Stage.LISTED, expected, epoch, orderedBy, tableVersion + 1, 0);
        if (present != null && present.stage() != Stage.RELEASED) {
            // Doubled, late, or not over yet.
            if (present.entry().phase().runs()) {
                answer(wanted, Outcome.STARTED, new LockState.Held(self, present.generation()), "");
            } else if (present.stage() == Stage.LOST) {
                answer(wanted, Outcome.REFUSED, expected, "it is just being released here");
            }
            return;
        }
        if (present != null && present.generation() >= generation) {
            answer(wanted, Outcome.LOCKED, new LockState.Released(present.generation()), "released since");
            return;
        }
        if (at >= leaseUntil) {
            answer(wanted, Outcome.REFUSED, expected, "the host has no lease");
            return;
        }
        put(wanted);
    }

    /** Others see to its lock; here it is listed, so that it is found should this host die. */
    private void arrived(VirtualMachineId vmId, long generation) {
        LocalVm present = vms.get(vmId);
        boolean known = present != null
                && present.generation() == generation
                && present.entry().phase().runs();
        if (present != null && present.stage() == Stage.LISTED) {
            // Its lock was not asked for yet: what runs is right, and the order came too late.
            answer(present, Outcome.REFUSED, new LockState.Held(self, generation), "it runs here already");
            put(LocalVm.present(self, vmId, generation, Stage.RUNNING));
        } else if (!known && (present == null || present.generation() <= generation)) {
            put(LocalVm.present(self, vmId, generation, Stage.RUNNING));
        }
    }

    /** The isolation response. */
    void stop(VirtualMachineId vmId, boolean askGuestFirst, long at) {
        LocalVm vm = vms.get(vmId);
        if (vm != null && vm.runs()) {
            end(vm, askGuestFirst, at);
        }
    }

    private void end(LocalVm vm, boolean askGuestFirst, long at) {
        put(vm.stopping(askGuestFirst, at));
        effects.add(new Effect.StopVm(vm.vmId(), vm.generation(), askGuestFirst));
    }

    /** Another host has it under this generation: what was released here is in good hands. */
    void seenElsewhere(VmEntry entry) {
        LocalVm vm = vms.get(entry.vmId());
        if (vm != null && vm.stage() == Stage.RELEASED && entry.generation() > vm.generation()) {
            drop(vm.vmId());
        }
    }

    private void lease(Input.Lease lease) {
        if (lease.epoch() < epoch) {
            return;
        }
        boolean lost = lease.epoch() > epoch;
        epoch = lease.epoch();
        leaseUntil = lease.untilMillis();
        if (lost) {
            for (LocalVm vm : List.copyOf(vms.values())) {
                if (vm.stage() == Stage.LISTED) {
                    answer(vm, Outcome.REFUSED, vm.expected(), "the host lost its lease");
                    drop(vm.vmId());
                }
            }
        }
    }

    /** At the end of each turn, so that one write carries all that changed. */
    void writeTable(long at) {
        if (writing == 0 && writtenVersion < tableVersion && at >= retryMillis) {
            writing = tableVersion;
            VmTable table = VmTable.of(self, tableVersion, state().entries());
            effects.add(new Effect.WriteSlot(VmTable.slotOf(self), table.encoded(), tableVersion));
        }
    }

    private void written(Input.SlotWritten written) {
        if (written.ticket() != writing) {
            return;
        }
        writing = 0;
        if (!written.ok()) {
            retryMillis = written.atMillis() + LocalVm.ASK_AGAIN_MILLIS;
            return;
        }
        writtenVersion = written.ticket();
        for (LocalVm vm : List.copyOf(vms.values())) {
            if (vm.stage() == Stage.LISTED && vm.tableVersion() <= writtenVersion) {
                ask(vm.with(Stage.LOCKING), written.atMillis());
            }
        }
    }

    private void askAgain(LocalVm vm, long at) {
        if (vm.stage() == Stage.RELEASED && at >= vm.nextMillis()) {
            if (vm.nextMillis() > 0) {
                effects.add(new Effect.ReadLock(vm.vmId()));
            }
            replace(vm.askAgainAt(at + RELEASED_LOOK_MILLIS));
        }
        if (vm.stage() == Stage.STOPPING && at >= vm.nextMillis()) {
            end(vm, false, at);
        }
        boolean asks = vm.stage() == Stage.LOCKING || vm.stage() == Stage.LOST || vm.stage() == Stage.REMOVING;
        if (asks && at >= vm.nextMillis()) {
            ask(vm, at);
        }
    }

    private void ask(LocalVm vm, long at) {
        replace(vm.askAgainAt(at + LocalVm.ASK_AGAIN_MILLIS));
        LockState mine = new LockState.Held(self, vm.generation());
        switch (vm.stage()) {
            case LOCKING -> effects.add(new Effect.SwapLock(vm.vmId(), vm.expected(), mine));
            case LOST -> effects.add(new Effect.SwapLock(vm.vmId(), mine, new LockState.Released(vm.generation() + 1)));
            case REMOVING -> effects.add(new Effect.SwapLock(vm.vmId(), mine, new LockState.Absent()));
            case LISTED, CREATING, RUNNING, GUEST_UP, STOPPING, RELEASED ->
                throw new IllegalStateException("asks for no lock: " + vm);
        }
    }

    private void answered(Input.LockAnswer answer) {
        LocalVm vm = vms.get(answer.vmId());
        if (vm == null || (answer.actual().isEmpty() && !answer.done())) {
            return;
        }
        LockState now = answer.actual().orElse(answer.next());
        switch (vm.stage()) {
            case LOCKING -> {
                if (answer.next().equals(new LockState.Held(self, vm.generation()))) {
                    locked(vm, answer);
                }
            }
            case LOST -> {
                if (isOursOfBefore(now, vm)) {
                    put(vm.withGeneration(now.generation()));
                } else if (answer.next().equals(new LockState.Released(vm.generation() + 1))) {
                    released(vm, answer);
                }
            }
            case REMOVING -> {
                if (isOursOfBefore(now, vm)) {
                    put(vm.withGeneration(now.generation()));
                } else if (answer.next() instanceof LockState.Absent) {
                    drop(vm.vmId());
                }
            }
            case LISTED, CREATING, RUNNING, GUEST_UP, STOPPING, RELEASED -> {}
        }
    }

    /** The server's orders raise the generation that is known here, and not the lock's, when nothing comes of them. */
    private boolean isOursOfBefore(LockState lock, LocalVm vm) {
        return lock instanceof LockState.Held held && held.hostId().equals(self) && held.generation() < vm.generation();
    }

    private void lockRead(Input.LockRead read) {
        LocalVm vm = vms.get(read.vmId());
        boolean others = read.lock()
                .filter(lock -> vm != null && !lock.equals(new LockState.Released(vm.generation())))
                .isPresent();
        if (vm != null && vm.stage() == Stage.RELEASED && others) {
            drop(vm.vmId());
        }
    }

    private void locked(LocalVm vm, Input.LockAnswer answer) {
        if (!answer.done()) {
            answer(vm, Outcome.LOCKED, answer.actual().orElse(vm.expected()), "its lock says otherwise");
            drop(vm.vmId());
        } else if (isUnderLease(vm, answer.atMillis())) {
            put(vm.with(Stage.CREATING));
            effects.add(new Effect.CreateVm(vm.vmId(), vm.generation(), vm.epoch()));
        } else {
            answer(vm, Outcome.FAILED, new LockState.Held(self, vm.generation()), "the host lost its lease");
            put(vm.answered().with(Stage.LOST));
        }
    }

    private void released(LocalVm vm, Input.LockAnswer answer) {
        if (answer.done()) {
            put(vm.withGeneration(vm.generation() + 1).with(Stage.RELEASED));
            effects.add(Effect.tell(Kind.VM_RELEASED, vm.vmId() + " may be started by others"));
        } else {
            effects.add(Effect.tell(
                    Kind.VM_LEFT,
                    vm.vmId() + " is not this host's any more: "
                            + answer.actual().map(String::valueOf).orElse("?")));
            drop(vm.vmId());
        }
    }

    private boolean isUnderLease(LocalVm vm, long at) {
        return vm.epoch() == epoch && at < leaseUntil;
    }

    private void created(Input.VmCreated created) {
        VirtualMachineId vmId = created.vmId();
        long at = created.atMillis();
        LocalVm vm = vms.get(vmId);
        if (vm == null) {
            // Nobody wants it any more, and nobody would find it.
            end(LocalVm.present(self, vmId, created.generation(), Stage.RUNNING), false, at);
        } else if (vm.stage() != Stage.CREATING) {
            if (!vm.runs()) {
                effects.add(new Effect.StopVm(vmId, created.generation(), false));
            }
        } else if (!isUnderLease(vm, at)) {
            answer(vm, Outcome.FAILED, new LockState.Held(self, vm.generation()), "the host lost its lease");
            end(vm.answered(), false, at);
        } else {
            effects.add(new Effect.ContinueVm(vmId));
            answer(vm, Outcome.STARTED, new LockState.Held(self, vm.generation()), "");
            put(vm.answered().with(Stage.RUNNING));
            effects.add(Effect.tell(Kind.VM_STARTED, vmId + " runs, generation " + vm.generation()));
        }
    }

    private void guestUp(VirtualMachineId vmId) {
        LocalVm vm = vms.get(vmId);
        if (vm != null && vm.stage() == Stage.RUNNING) {
            put(vm.with(Stage.GUEST_UP));
        }
    }

    private void gone(Input.VmGone gone) {
        LocalVm vm = vms.get(gone.vmId());
        if (vm == null) {
            return;
        }
        switch (vm.stage()) {
            case CREATING -> {
                answer(vm, Outcome.FAILED, new LockState.Held(self, vm.generation()), gone.reason());
                put(vm.answered().with(Stage.LOST));
            }
            case RUNNING, GUEST_UP, STOPPING -> {
                boolean off = gone.intended() && vm.stage() != Stage.STOPPING;
                put(vm.with(off ? Stage.REMOVING : Stage.LOST));
                effects.add(Effect.tell(Kind.VM_STOPPED, vm.vmId() + " runs no longer: " + gone.reason()));
            }
            case LISTED, LOCKING, LOST, RELEASED, REMOVING -> {}
        }
    }

    private void answer(LocalVm vm, Outcome outcome, LockState lock, String reason) {
        HostId to = vm.orderedBy();
        if (to != null) {
            effects.add(new Effect.Send(
                    to, new Message.StartAnswer(self, vm.vmId(), vm.generation(), outcome, lock, reason)));
        }
    }

    private void put(LocalVm vm) {
        replace(vm);
        tableVersion++;
    }

    private void replace(LocalVm vm) {
        changing().put(vm.vmId(), vm);
    }

    private SortedMap<VirtualMachineId, LocalVm> changing() {
        vms = vms instanceof TreeMap<VirtualMachineId, LocalVm> ? vms : new TreeMap<>(vms);
        return vms;
    }

    private void drop(VirtualMachineId vmId) {
        if (changing().remove(vmId) != null) {
            tableVersion++;
        }
    }

    /** Those that run, for the isolation response. */
    List<VirtualMachineId> running() {
        return vms.values().stream().filter(LocalVm::runs).map(LocalVm::vmId).toList();
    }
}
