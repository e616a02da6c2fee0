package dev.sternpost.sdk.fake;

import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.task.v1.MigrationForecast;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationResponse;
import dev.sternpost.proto.virtualmachine.v1.MigrationVerdict;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;

/** What a move would mean: every other host will do, but for the last one, which is full. */
final class FakeForecast {
    private FakeForecast() {}

    static CheckMigrationResponse of(FakeDatacenter datacenter, VirtualMachine vm) {
        CheckMigrationResponse.Builder check = CheckMigrationResponse.newBuilder();
        for (ManagedObject object : datacenter.objects()) {
            if (object.getKind() == ObjectKind.OBJECT_KIND_HOST
                    && !object.getId().equals(vm.getHostId())) {
                MigrationVerdict.Builder verdict =
                        MigrationVerdict.newBuilder().setHostId(object.getId()).setHostName(object.getName());
                if (check.getHostsCount() > 0) {
                    verdict.addObstacles("not enough memory is left");
                }
                check.addHosts(verdict);
            }
        }
        if (vm.getPowerState() == PowerState.POWER_STATE_POWERED_ON) {
            long own = vm.getConfig().getMaxDowntimeMs();
            check.setDowntimeLimitMs(own == 0 ? 300 : own);
            check.setForecast(MigrationForecast.newBuilder()
                    .setSentence("expected 1.2-1.6 s, pause 20-60 ms")
                    .setPauseLowMs(20)
                    .setPauseHighMs(60)
                    .setSentBytes(136 << 20)
                    .setRounds(3)
                    .setBandwidthBytesPerSecond(100_000_000)
                    .setWriteRateBytesPerSecond(5 << 20)
                    .setHotSetBytes(8 << 20)
                    .setBasis("its last migration"));
        }
        return check.build();
    }
}
