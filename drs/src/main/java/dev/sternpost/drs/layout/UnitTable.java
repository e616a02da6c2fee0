package dev.sternpost.drs.layout;

import dev.sternpost.drs.snapshot.DrsVm;
import java.util.Arrays;
import java.util.List;

/**
 * What moves as one: a VM, or the VMs of one tie that are on one host. The figures of a unit are the sums over its VMs.
 */
final class UnitTable {
    static final int[] NONE = {};

    final int[][] vms;
    final int[] hosts;
    final double[] cpu;
    final double[] cpuPeak;
    final double[] memory;
    final long[] memoryCommitted;
    final long[] cpuReserved;
    final double[] migrationSeconds;
    final double[] pauseSeconds;
    final int[] ties;
    final int[][] apart;
    final int[] needs;

    /** Whether its rules contradict each other: they keep its VMs together and apart. */
    final boolean[] torn;

    /** Hosts that a VM of the unit left so short a while ago that it does not go back. */
    final int[][] leftLately;

    /** Bits of what keeps a unit from moving at all. */
    final int[] immovable;

    UnitTable(int count) {
        vms = new int[count][];
        hosts = new int[count];
        cpu = new double[count];
        cpuPeak = new double[count];
        memory = new double[count];
        memoryCommitted = new long[count];
        cpuReserved = new long[count];
        migrationSeconds = new double[count];
        pauseSeconds = new double[count];
        ties = new int[count];
        apart = new int[count][];
        needs = new int[count];
        torn = new boolean[count];
        leftLately = new int[count][];
        immovable = new int[count];
        Arrays.fill(apart, NONE);
        Arrays.fill(leftLately, NONE);
    }

    int count() {
        return hosts.length;
    }

    /** Adds up what the VMs of a unit take. */
    void sum(int unit, List<DrsVm> all, double[] cpuEntitled, double[] memoryEntitled) {
        for (int index : vms[unit]) {
            DrsVm vm = all.get(index);
            cpu[unit] += cpuEntitled[index];
            cpuPeak[unit] +=
                    cpuEntitled[index] + vm.demand().cpuPeakMhz() - vm.demand().cpuMhz();
            memory[unit] += memoryEntitled[index];
            memoryCommitted[unit] += vm.memoryBytes() + DrsVm.OVERHEAD_BYTES;
            cpuReserved[unit] += vm.cpu().reservation();
            migrationSeconds[unit] += vm.mobility().migrationSeconds();
            pauseSeconds[unit] += vm.mobility().pauseMillis() / 1000;
        }
    }
}
