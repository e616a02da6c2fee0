package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.VmMeters;

/** What was used between two readings. A counter that went back, which one that began anew does, counts from zero. */
final class Deltas {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private Deltas() {}

    static VmSample between(String vmId, int cpuCount, long memoryBytes, VmMeters before, VmMeters after) {
        VmMeters used = new VmMeters(
                after.nanoTime() - before.nanoTime(),
                grown(before.cpuUsedNanos(), after.cpuUsedNanos()),
                grown(before.cpuReadyNanos(), after.cpuReadyNanos()),
                grown(before.cpuLimitedNanos(), after.cpuLimitedNanos()),
                after.cpuEntitledPermille(),
                after.memoryConsumedBytes(),
                after.memoryActiveBytes(),
                between(before.disks(), after.disks()),
                between(before.network(), after.network()),
                between(before.pressure(), after.pressure()),
                after.dirtied());
        return new VmSample(vmId, used.nanoTime() / NANOS_PER_MILLI, cpuCount, memoryBytes, used);
    }

    static HostSample between(HostMeters before, HostMeters after) {
        return new HostSample(
                (after.nanoTime() - before.nanoTime()) / NANOS_PER_MILLI,
                after.cpuCount(),
                after.cpuMhz(),
                grown(before.cpuUsedNanos(), after.cpuUsedNanos()) / NANOS_PER_MILLI,
                grown(before.cpuStolenNanos(), after.cpuStolenNanos()) / NANOS_PER_MILLI,
                after.memoryBytes(),
                after.memoryConsumedBytes(),
                between(before.pressure(), after.pressure()));
    }

    private static VmMeters.Disks between(VmMeters.Disks before, VmMeters.Disks after) {
        return new VmMeters.Disks(
                grown(before.readBytes(), after.readBytes()),
                grown(before.writeBytes(), after.writeBytes()),
                grown(before.reads(), after.reads()),
                grown(before.writes(), after.writes()));
    }

    private static VmMeters.Network between(VmMeters.Network before, VmMeters.Network after) {
        return new VmMeters.Network(
                grown(before.receivedBytes(), after.receivedBytes()),
                grown(before.transmittedBytes(), after.transmittedBytes()),
                grown(before.receivedPackets(), after.receivedPackets()),
                grown(before.transmittedPackets(), after.transmittedPackets()));
    }

    private static VmMeters.Pressure between(VmMeters.Pressure before, VmMeters.Pressure after) {
        return new VmMeters.Pressure(
                grown(before.cpuMicros(), after.cpuMicros()),
                grown(before.memoryMicros(), after.memoryMicros()),
                grown(before.ioMicros(), after.ioMicros()));
    }

    private static long grown(long before, long after) {
        if (after == VmMeters.UNKNOWN || before == VmMeters.UNKNOWN) {
            return VmMeters.UNKNOWN;
        }
        return after >= before ? after - before : after;
    }
}
