package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.proto.cluster.v1.CpuBaseline;
import dev.sternpost.proto.cluster.v1.CpuLevel;
import dev.sternpost.proto.cluster.v1.CpuShortfall;
import dev.sternpost.proto.cluster.v1.WaitingVm;
import dev.sternpost.server.baseline.CpuBaselineAdmin.LevelInCluster;
import dev.sternpost.server.baseline.CpuNeeds;

/** CPU baselines of clusters and virtual machines as messages. */
final class CpuBaselineMessages {
    private CpuBaselineMessages() {}

    static CpuBaseline of(InventorySnapshot snapshot, Cluster cluster) {
        CpuBaseline.Builder message = CpuBaseline.newBuilder().setLevel(cluster.cpuBaseline());
        CpuNeeds.levelOf(cluster).ifPresent(level -> {
            message.setCpuModel(level.description());
            CpuNeeds.shortHosts(snapshot, cluster, level).forEach(one -> message.addShortHosts(shortfall(one)));
        });
        for (VirtualMachine vm : CpuNeeds.waiting(snapshot, cluster)) {
            message.addWaitingVms(WaitingVm.newBuilder()
                    .setVmId(vm.id().value())
                    .setVmName(vm.name())
                    .setCpuModel(vm.runtime().hardware().cpuModel())
                    .setLevel(levelName(snapshot, vm)));
        }
        return message.build();
    }

    /** Name of the level that counts for a VM; empty when there is none. */
    static String levelName(InventorySnapshot snapshot, VirtualMachine vm) {
        return CpuNeeds.levelOf(snapshot, vm.config(), vm.resourcePoolId())
                .map(level -> level.name())
                .orElse("");
    }

    static CpuLevel of(LevelInCluster level) {
        CpuLevel.Builder message = CpuLevel.newBuilder()
                .setName(level.level().name())
                .setCpuModel(level.level().description())
                .setFeatureCount(level.level().features().size());
        level.shortHosts().forEach(one -> message.addShortHosts(shortfall(one)));
        return message.build();
    }

    private static CpuShortfall shortfall(CpuNeeds.Shortfall one) {
        return CpuShortfall.newBuilder()
                .setHostId(one.host().id().value())
                .setHostName(one.host().name())
                .addAllMissingFeatures(one.missing())
                .build();
    }
}
