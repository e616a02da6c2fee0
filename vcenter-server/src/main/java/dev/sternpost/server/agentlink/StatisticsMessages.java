package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.HostSample;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmSample;
import dev.sternpost.server.statistics.HostMeasurement;
import dev.sternpost.server.statistics.Meter;
import dev.sternpost.server.statistics.Sample;
import java.util.HashMap;
import java.util.Map;

/** What an agent measured, in terms of the domain. Throws IllegalArgumentException for what makes no sense. */
final class StatisticsMessages {
    private static final int BYTES_PER_KIB = 1024;

    private StatisticsMessages() {}

    static HostMeasurement measurement(StatisticsReport report) {
        Map<VirtualMachineId, Sample.Figures> vms = new HashMap<>();
        for (VmSample vm : report.getVmsList()) {
            vms.put(
                    new VirtualMachineId(vm.getVmId()),
                    vm(vm).with(Meter.CPU_MHZ, report.getHost().getCpuMhz()));
        }
        return new HostMeasurement(
                report.getSampleEpochMs(), Math.max(0, report.getAgeMs()), host(report.getHost()), vms);
    }

    private static Sample.Figures host(HostSample host) {
        return new Sample.Figures(host.getIntervalMs())
                .with(Meter.CPU_COUNT, host.getCpuCount())
                .with(Meter.CPU_MHZ, host.getCpuMhz())
                .with(Meter.CPU_USED_MILLIS, host.getCpuUsedMs())
                .with(Meter.CPU_STOLEN_MILLIS, host.getCpuStolenMs())
                .with(Meter.MEMORY_KIB, kib(host.getMemoryBytes()))
                .with(Meter.MEMORY_CONSUMED_KIB, kib(host.getMemoryConsumedBytes()))
                .with(Meter.CPU_PRESSURE_MICROS, ifSet(host.hasCpuPressureUs(), host.getCpuPressureUs()))
                .with(Meter.MEMORY_PRESSURE_MICROS, ifSet(host.hasMemoryPressureUs(), host.getMemoryPressureUs()))
                .with(Meter.IO_PRESSURE_MICROS, ifSet(host.hasIoPressureUs(), host.getIoPressureUs()));
    }

    private static Sample.Figures vm(VmSample vm) {
        return new Sample.Figures(vm.getIntervalMs())
                .with(Meter.CPU_COUNT, vm.getCpuCount())
                .with(Meter.CPU_USED_MILLIS, vm.getCpuUsedMs())
                .with(Meter.CPU_READY_MILLIS, vm.getCpuReadyMs())
                .with(Meter.CPU_LIMITED_MILLIS, vm.getCpuLimitedMs())
                .with(Meter.CPU_ENTITLED_PERMILLE, ifSet(vm.hasCpuEntitledPermille(), vm.getCpuEntitledPermille()))
                .with(Meter.MEMORY_KIB, kib(vm.getMemoryBytes()))
                .with(Meter.MEMORY_CONSUMED_KIB, kib(vm.getMemoryConsumedBytes()))
                .with(
                        Meter.MEMORY_ACTIVE_KIB,
                        vm.hasMemoryActiveBytes() ? kib(vm.getMemoryActiveBytes()) : Sample.UNKNOWN)
                .with(Meter.DISK_READ_KIB, kib(vm.getDiskReadBytes()))
                .with(Meter.DISK_WRITE_KIB, kib(vm.getDiskWriteBytes()))
                .with(Meter.DISK_READS, vm.getDiskReads())
                .with(Meter.DISK_WRITES, vm.getDiskWrites())
                .with(Meter.NET_RECEIVED_KIB, ifSet(vm.hasNetReceivedBytes(), kib(vm.getNetReceivedBytes())))
                .with(Meter.NET_TRANSMITTED_KIB, ifSet(vm.hasNetTransmittedBytes(), kib(vm.getNetTransmittedBytes())))
                .with(Meter.NET_RECEIVED_PACKETS, ifSet(vm.hasNetReceivedPackets(), vm.getNetReceivedPackets()))
                .with(
                        Meter.NET_TRANSMITTED_PACKETS,
                        ifSet(vm.hasNetTransmittedPackets(), vm.getNetTransmittedPackets()))
                .with(Meter.CPU_PRESSURE_MICROS, ifSet(vm.hasCpuPressureUs(), vm.getCpuPressureUs()))
                .with(Meter.MEMORY_PRESSURE_MICROS, ifSet(vm.hasMemoryPressureUs(), vm.getMemoryPressureUs()))
                .with(Meter.IO_PRESSURE_MICROS, ifSet(vm.hasIoPressureUs(), vm.getIoPressureUs()))
                .with(Meter.MEMORY_DIRTIED_KIB, ifSet(vm.hasMemoryDirtiedBytes(), kib(vm.getMemoryDirtiedBytes())))
                .with(Meter.MEMORY_DIRTIED_MILLIS, ifSet(vm.hasMemoryDirtiedBytes(), vm.getMemoryDirtiedMs()));
    }

    private static long kib(long bytes) {
        return (bytes + BYTES_PER_KIB / 2) / BYTES_PER_KIB;
    }

    private static long ifSet(boolean set, long value) {
        return set ? value : Sample.UNKNOWN;
    }
}
