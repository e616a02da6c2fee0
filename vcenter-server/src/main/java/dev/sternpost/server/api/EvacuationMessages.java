package dev.sternpost.server.api;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.host.v1.BlockedVm;
import dev.sternpost.proto.host.v1.EvacuationMove;
import dev.sternpost.proto.host.v1.StayingVm;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.maintenance.Maintenance;

/** Plans of how hosts are emptied as messages. */
final class EvacuationMessages {
    private static final double MILLIS_PER_SECOND = 1_000;

    private EvacuationMessages() {}

    static dev.sternpost.proto.host.v1.EvacuationPlan plan(
            InventorySnapshot snapshot, EvacuationPlan plan, Maintenance maintenance) {
        var message = dev.sternpost.proto.host.v1.EvacuationPlan.newBuilder()
                .setHostId(plan.hostId().value())
                .setHostName(name(snapshot, plan.hostId()))
                .setEtaMs(millis(plan.etaSeconds()));
        plan.moves()
                .forEach(move -> message.addMoves(move(snapshot, move.move())
                        .setMakesRoom(move.makesRoom())
                        .setStartMs(millis(move.startSeconds()))
                        .setEndMs(millis(move.endSeconds()))));
        plan.registrations().forEach(move -> message.addRegistrations(move(snapshot, move)));
        plan.blocked()
                .forEach(blocked -> message.addBlocked(BlockedVm.newBuilder()
                        .setVmId(blocked.vmId().value())
                        .setVmName(name(snapshot, blocked.vmId()))
                        .setReason(PlannedRules.named(snapshot, blocked.reason()))
                        .setRemedy(PlannedRules.named(snapshot, blocked.remedy()))));
        maintenance
                .staying(plan)
                .forEach(vm -> message.addStaying(
                        StayingVm.newBuilder().setVmId(vm.id().value()).setVmName(vm.name())));
        return message.build();
    }

    private static EvacuationMove.Builder move(InventorySnapshot snapshot, VmMove move) {
        return EvacuationMove.newBuilder()
                .setVmId(move.vmId().value())
                .setVmName(name(snapshot, move.vmId()))
                .setSourceHostId(move.fromHostId().value())
                .setTargetHostId(move.toHostId().value())
                .setTargetHostName(name(snapshot, move.toHostId()));
    }

    private static long millis(double seconds) {
        return Math.round(seconds * MILLIS_PER_SECOND);
    }

    private static String name(InventorySnapshot snapshot, HostId id) {
        return snapshot.find(id).map(ManagedObject::name).orElse(id.value());
    }

    private static String name(InventorySnapshot snapshot, VirtualMachineId id) {
        return snapshot.find(id).map(ManagedObject::name).orElse(id.value());
    }
}
