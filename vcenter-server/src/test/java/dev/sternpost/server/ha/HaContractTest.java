package dev.sternpost.server.ha;

import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.simulation.SimulatedWorld;
import dev.sternpost.task.TaskView;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The workflows of high availability, disturbed at every step. */
class HaContractTest {
    private static TaskView enable(SimulatedDatacenter.Server server) {
        return server.ha().clusters().enable(HaTestKit.ADA, "prod", "");
    }

    @TestFactory
    Stream<DynamicTest> enable() {
        return SimulatedWorld.tests(HaContractTest::enable);
    }

    @TestFactory
    Stream<DynamicTest> disable() {
        return SimulatedWorld.tests(
                server -> server.ha().clusters().disable(HaTestKit.ADA, "prod", false), HaContractTest::enable);
    }
}
