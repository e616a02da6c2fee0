package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.proto.agent.v1.HostSample;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmSample;
import java.util.function.LongConsumer;

/** Statistics as messages; what is not known is left unset. */
final class StatisticsWriter {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private StatisticsWriter() {}

    static StatisticsReport report(dev.sternpost.agent.statistics.StatisticsReport report) {
        StatisticsReport.Builder message = StatisticsReport.newBuilder()
                .setSampleEpochMs(report.sampleEpochMillis())
                .setAgeMs(Math.max(0, (System.nanoTime() - report.nanoTime()) / NANOS_PER_MILLI))
                .setHost(host(report.host()));
        report.vms().forEach(vm -> message.addVms(vm(vm)));
        return message.build();
    }

    private static HostSample host(dev.sternpost.agent.statistics.HostSample sample) {
        HostSample.Builder message = HostSample.newBuilder()
                .setIntervalMs(sample.intervalMillis())
                .setCpuCount(sample.cpuCount())
                .setCpuMhz(sample.cpuMhz())
                .setCpuUsedMs(sample.cpuUsedMillis())
                .setCpuStolenMs(sample.cpuStolenMillis())
                .setMemoryBytes(sample.memoryBytes())
                .setMemoryConsumedBytes(sample.memoryConsumedBytes());
        ifKnown(sample.pressure().cpuMicros(), message::setCpuPressureUs);
        ifKnown(sample.pressure().memoryMicros(), message::setMemoryPressureUs);
        ifKnown(sample.pressure().ioMicros(), message::setIoPressureUs);
        return message.build();
    }

    private static VmSample vm(dev.sternpost.agent.statistics.VmSample sample) {
        VmMeters used = sample.used();
        VmSample.Builder message = VmSample.newBuilder()
                .setVmId(sample.vmId())
                .setIntervalMs(sample.intervalMillis())
                .setCpuCount(sample.cpuCount())
                .setCpuUsedMs(used.cpuUsedNanos() / NANOS_PER_MILLI)
                .setCpuReadyMs(used.cpuReadyNanos() / NANOS_PER_MILLI)
                .setCpuLimitedMs(used.cpuLimitedNanos() / NANOS_PER_MILLI)
                .setMemoryBytes(sample.memoryBytes())
                .setMemoryConsumedBytes(used.memoryConsumedBytes())
                .setDiskReadBytes(used.disks().readBytes())
                .setDiskWriteBytes(used.disks().writeBytes())
                .setDiskReads(used.disks().reads())
                .setDiskWrites(used.disks().writes());
        ifKnown(used.cpuEntitledPermille(), permille -> message.setCpuEntitledPermille((int) permille));
        ifKnown(used.memoryActiveBytes(), message::setMemoryActiveBytes);
        ifKnown(used.network().receivedBytes(), message::setNetReceivedBytes);
        ifKnown(used.network().transmittedBytes(), message::setNetTransmittedBytes);
        ifKnown(used.network().receivedPackets(), message::setNetReceivedPackets);
        ifKnown(used.network().transmittedPackets(), message::setNetTransmittedPackets);
        ifKnown(used.pressure().cpuMicros(), message::setCpuPressureUs);
        ifKnown(used.pressure().memoryMicros(), message::setMemoryPressureUs);
        ifKnown(used.pressure().ioMicros(), message::setIoPressureUs);
        ifKnown(used.dirtied().bytes(), message::setMemoryDirtiedBytes);
        message.setMemoryDirtiedMs(used.dirtied().millis());
        return message.build();
    }

    private static void ifKnown(long value, LongConsumer setter) {
        if (value != VmMeters.UNKNOWN) {
            setter.accept(value);
        }
    }
}
