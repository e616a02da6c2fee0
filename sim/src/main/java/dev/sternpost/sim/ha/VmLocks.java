package dev.sternpost.sim.ha;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.TreeMap;
import java.util.TreeSet;

/** The locks of the virtual machines, and what follows from them: which of them somebody wants to run. */
final class VmLocks {
    private final TreeMap<VirtualMachineId, LockState> locks = new TreeMap<>();
    private final TreeMap<VirtualMachineId, Long> generations = new TreeMap<>();
    private final TreeSet<VirtualMachineId> wanted = new TreeSet<>();
    private final TreeSet<VirtualMachineId> mayEnd = new TreeSet<>();
    private final boolean compares;

    VmLocks(Defect defect) {
        this.compares = defect != Defect.LOCK_WITHOUT_COMPARE;
    }

    LockState of(VirtualMachineId vm) {
        return locks.getOrDefault(vm, new LockState.Absent());
    }

    /** What it says now; it has changed when that is the next. */
    LockState swap(VirtualMachineId vm, LockState expected, LockState next) {
        LockState now = of(vm);
        if (compares && !now.equals(expected)) {
            return now;
        }
        locks.put(vm, next);
        generations.merge(vm, next.generation(), Math::max);
        if (!(next instanceof LockState.Absent)) {
            wanted.add(vm);
        } else if (mayEnd.remove(vm)) {
            wanted.remove(vm);
        }
        return next;
    }

    /** Under which the server has it started next: it knows all that were. */
    long nextGeneration(VirtualMachineId vm) {
        return generations.getOrDefault(vm, 0L) + 1;
    }

    /** Somebody wants it to be off. It counts once the lock is gone; if the host dies before, it is started again. */
    void mayEnd(VirtualMachineId vm) {
        mayEnd.add(vm);
    }

    boolean isWanted(VirtualMachineId vm) {
        return wanted.contains(vm);
    }
}
