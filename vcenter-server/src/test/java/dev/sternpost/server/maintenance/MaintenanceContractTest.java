package dev.sternpost.server.maintenance;

import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.simulation.SimulatedWorld;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskView;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Both workflows of maintenance on a host where nothing runs, disturbed at every step. */
class MaintenanceContractTest {
    private static final Caller ADA = Caller.named("ada");

    private static Maintenance maintenance(SimulatedDatacenter.Server server) {
        return server.maintenance(server.balancing(new InMemoryPassStore())).face();
    }

    private static TaskView enter(SimulatedDatacenter.Server server) {
        return maintenance(server).enter(ADA, new Maintenance.EnterRequest("h2", false, false));
    }

    @TestFactory
    Stream<DynamicTest> enter() {
        return SimulatedWorld.tests(MaintenanceContractTest::enter);
    }

    @TestFactory
    Stream<DynamicTest> exit() {
        return SimulatedWorld.tests(
                server -> maintenance(server).exit(ADA, "h2", false).exit(), MaintenanceContractTest::enter);
    }
}
