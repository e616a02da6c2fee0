package dev.sternpost.server.migration;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.simulation.SimulatedWorld;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskView;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** All ways to move a VM, disturbed at every step. */
class MigrationContractTest {
    private static final Caller ADA = Caller.named("ada");

    private static TaskView create(SimulatedDatacenter.Server server, boolean powerOn) {
        CreateRequest request =
                new CreateRequest("web-1", "", SimulatedDatacenter.ONE.value(), "", "", ConfigWish.NOTHING, powerOn);
        return server.vms.create(ADA, request);
    }

    private static TaskView move(SimulatedDatacenter.Server server) {
        return server.migrations.migrate(ADA, new MigrationRequest("web-1", SimulatedDatacenter.TWO.value(), 300, 0));
    }

    @TestFactory
    Stream<DynamicTest> live() {
        return SimulatedWorld.tests(MigrationContractTest::move, server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> cold() {
        return SimulatedWorld.tests(MigrationContractTest::move, server -> create(server, false));
    }

    private static TaskView moveWithFiles(SimulatedDatacenter.Server server) {
        return server.migrations.migrate(
                ADA, new MigrationRequest("web-1", SimulatedDatacenter.TWO.value(), 300, 0, "local2", null));
    }

    @TestFactory
    Stream<DynamicTest> liveWithFiles() {
        return SimulatedWorld.tests(MigrationContractTest::moveWithFiles, server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> coldWithFiles() {
        return SimulatedWorld.tests(MigrationContractTest::moveWithFiles, server -> create(server, false));
    }

    private static TaskView moveStorage(SimulatedDatacenter.Server server) {
        return server.storageMoves.move(
                ADA, new StorageMoveRequest("web-1", "shared2", DiskProvisioning.THICK_LAZY_ZEROED, 0));
    }

    @TestFactory
    Stream<DynamicTest> storageOfOneThatRuns() {
        return SimulatedWorld.tests(MigrationContractTest::moveStorage, server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> storageOfOneThatIsOff() {
        return SimulatedWorld.tests(MigrationContractTest::moveStorage, server -> create(server, false));
    }
}
