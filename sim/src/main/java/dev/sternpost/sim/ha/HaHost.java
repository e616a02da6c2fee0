package dev.sternpost.sim.ha;

import dev.sternpost.ha.host.Guard;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.kernel.HostClock;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A machine with its clock, its watchdog, its two programs and its virtual machines. */
final class HaHost {
    /** A virtual machine's process. */
    static final class Qemu {
        final long generation;
        boolean executing;

        /** Whether it has locked its disk images: what waits for the state of a live migration has not. */
        boolean holdsImages = true;

        /** Whether it waits for the state of a live migration, or has it and waits for the word to go on. */
        boolean incoming;

        /** At the source of a live migration, standing still: whom its lock was offered, and under which lease; null otherwise. */
        @Nullable
        Offer offer;

        Qemu(long generation) {
            this.generation = generation;
        }
    }

    /** A guest that stands still to be handed over. */
    record Offer(LockState next, long epoch) {}

    final int number;
    final HostId id;
    final HostClock clock;
    final boolean hasWatchdog;
    final Program guard = new Program();
    final Program agent = new Program();
    final TreeMap<VirtualMachineId, Qemu> qemus = new TreeMap<>();

    Guard.@Nullable State guardState;
    HostMachine.@Nullable State agentState;
    boolean powered;
    boolean frozen;

    /** Rises with each boot. */
    int boots;

    long watchdogAtMillis = Long.MAX_VALUE;
    long pathCutSinceMillis = -1;
    long guardIncarnation;
    long agentIncarnation;
    boolean liesOnce;

    /** Gives numbers that cannot be as long as there is one. */
    @Nullable
    Liar liar;

    /** Whether the server cannot reach it, though others can. */
    boolean serverCut;

    /** What it keeps up, on its own disk. */
    ClusterConfig config;

    /** Whether it does, as the server told it last. */
    boolean takesPart = true;

    long freezeOnCreateMillis;

    /** In a file that is gone when the machine is switched off. */
    Effect.LeaseIs known = new Effect.LeaseIs(0, 0);

    HaHost(int number, HostClock clock, boolean hasWatchdog, ClusterConfig config) {
        this.config = config;
        this.number = number;
        this.id = HostId.of(number);
        this.clock = clock;
        this.hasWatchdog = hasWatchdog;
    }

    boolean executes(VirtualMachineId vm) {
        Qemu qemu = qemus.get(vm);
        return powered && !frozen && qemu != null && qemu.executing;
    }

    SortedMap<VirtualMachineId, Long> executing() {
        TreeMap<VirtualMachineId, Long> executing = new TreeMap<>();
        qemus.forEach((vm, qemu) -> {
            if (qemu.executing) {
                executing.put(vm, qemu.generation);
            }
        });
        return executing;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
