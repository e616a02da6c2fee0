package dev.sternpost.fleet.host;

import dev.sternpost.proto.agent.v1.Heartbeat;
import dev.sternpost.proto.agent.v1.HostSample;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmSample;
import dev.sternpost.proto.agent.v1.VmSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What host and guests use in an interval, from what the guests want: when together it is more than the host has, each gets its part. */
final class Usage {
    private static final long DISK_BYTES_PER_CPU_MILLI = 4 << 10;
    private static final long NETWORK_BYTES_PER_CPU_MILLI = 2 << 10;
    private static final long BYTES_PER_IO = 16 << 10;
    private static final long BYTES_PER_PACKET = 900;
    private static final double MEMORY_ACTIVE_MIN = 0.1;
    /** Of guest memory that its host must hold: what was touched once stays. */
    private static final double MEMORY_CONSUMED_SHARE = 0.85;

    private static final double HOST_OWN_CPU_SHARE = 0.01;
    private static final long HOST_OWN_MEMORY_BYTES = 4L << 30;

    private record Want(HostedVm vm, VmSpec spec, double wantedMillis, double allowedMillis) {}

    private Usage() {}

    static StatisticsReport report(
            HostShape shape, Collection<HostedVm> vms, long endEpochMillis, long intervalMillis) {
        List<Want> wants = wants(vms, endEpochMillis, intervalMillis);
        double capacity = (double) shape.cpuCount() * intervalMillis;
        double allowed = wants.stream().mapToDouble(Want::allowedMillis).sum();
        double given = allowed <= capacity ? 1 : capacity / allowed;
        StatisticsReport.Builder report = StatisticsReport.newBuilder().setSampleEpochMs(endEpochMillis);
        long consumed = HOST_OWN_MEMORY_BYTES;
        for (Want want : wants) {
            VmSample sample = sample(want, given, endEpochMillis, intervalMillis);
            consumed += sample.getMemoryConsumedBytes();
            report.addVms(sample);
        }
        return report.setHost(HostSample.newBuilder()
                        .setIntervalMs(intervalMillis)
                        .setCpuCount(shape.cpuCount())
                        .setCpuMhz(shape.cpuMhz())
                        .setCpuUsedMs((long) Math.min(capacity, allowed * given + HOST_OWN_CPU_SHARE * capacity))
                        .setMemoryBytes(shape.memoryBytes())
                        .setMemoryConsumedBytes(Math.min(consumed, shape.memoryBytes())))
                .build();
    }

    private static List<Want> wants(Collection<HostedVm> vms, long endEpochMillis, long intervalMillis) {
        List<Want> wants = new ArrayList<>(vms.size());
        for (HostedVm vm : vms) {
            if (vm.isOn()) {
                VmSpec spec = vm.files().spec();
                double wanted = vm.cpuDemand(endEpochMillis - intervalMillis / 2) * spec.getCpuCount() * intervalMillis;
                double allowed = vm.cpuLimitPermille == HostedVm.UNLIMITED
                        ? wanted
                        : Math.min(wanted, vm.cpuLimitPermille * intervalMillis / 1000.0);
                wants.add(new Want(vm, spec, wanted, allowed));
            }
        }
        return wants;
    }

    private static VmSample sample(Want want, double given, long endEpochMillis, long intervalMillis) {
        HostedVm vm = want.vm();
        VmSpec spec = want.spec();
        long used = (long) (want.allowedMillis() * given);
        double active = MEMORY_ACTIVE_MIN + (1 - MEMORY_ACTIVE_MIN) * vm.memoryDemand(endEpochMillis);
        VmSample.Builder sample = VmSample.newBuilder()
                .setVmId(vm.vmId())
                .setIntervalMs(intervalMillis)
                .setCpuCount(spec.getCpuCount())
                .setCpuUsedMs(used)
                .setCpuReadyMs((long) want.wantedMillis() - used)
                .setCpuLimitedMs((long) (want.wantedMillis() - want.allowedMillis()))
                .setMemoryBytes(spec.getMemoryBytes())
                .setMemoryConsumedBytes((long) (spec.getMemoryBytes() * Math.max(active, MEMORY_CONSUMED_SHARE)))
                .setMemoryActiveBytes((long) (spec.getMemoryBytes() * active))
                .setDiskReadBytes(used * DISK_BYTES_PER_CPU_MILLI)
                .setDiskWriteBytes(used * DISK_BYTES_PER_CPU_MILLI / 2)
                .setDiskReads(used * DISK_BYTES_PER_CPU_MILLI / BYTES_PER_IO)
                .setDiskWrites(used * DISK_BYTES_PER_CPU_MILLI / 2 / BYTES_PER_IO)
                .setNetReceivedBytes(used * NETWORK_BYTES_PER_CPU_MILLI)
                .setNetTransmittedBytes(used * NETWORK_BYTES_PER_CPU_MILLI / 2)
                .setNetReceivedPackets(used * NETWORK_BYTES_PER_CPU_MILLI / BYTES_PER_PACKET)
                .setNetTransmittedPackets(used * NETWORK_BYTES_PER_CPU_MILLI / 2 / BYTES_PER_PACKET);
        if (vm.cpuLimitPermille != HostedVm.UNLIMITED) {
            sample.setCpuEntitledPermille((int) Math.min(vm.cpuLimitPermille, Integer.MAX_VALUE));
        }
        return sample.build();
    }

    /** Without looking at each guest's demand: that is for the statistics. */
    static Heartbeat heartbeat(HostShape shape, Collection<HostedVm> vms) {
        long consumed = HOST_OWN_MEMORY_BYTES;
        for (HostedVm vm : vms) {
            if (vm.isOn()) {
                consumed += (long) (vm.files().spec().getMemoryBytes() * MEMORY_CONSUMED_SHARE);
            }
        }
        return Heartbeat.newBuilder()
                .setMemoryFreeBytes(Math.max(0, shape.memoryBytes() - consumed))
                .build();
    }
}
