package dev.sternpost.server.power;

import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.server.drs.Balancing;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.simulation.SimulatedWorld;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskView;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The workflows of power management on a host where nothing runs, disturbed at every step. */
class StandbyContractTest {
    private static final Caller ADA = Caller.named("ada");

    private static Standby standby(SimulatedDatacenter.Server server) {
        Balancing balancing = server.balancing(new InMemoryPassStore());
        PowerManagement.Running power = server.power(server.maintenance(balancing), balancing);
        power.admin()
                .updateHost(
                        "ada",
                        "h2",
                        new PowerAdmin.HostWish(PowerMethod.COMMAND, null, null, null, null, null, null, false));
        return power.standby();
    }

    private static TaskView enter(SimulatedDatacenter.Server server) {
        return standby(server).enter(ADA, "h2");
    }

    @TestFactory
    Stream<DynamicTest> enter() {
        return SimulatedWorld.tests(StandbyContractTest::enter);
    }

    @TestFactory
    Stream<DynamicTest> exit() {
        return SimulatedWorld.tests(server -> standby(server).exit(ADA, "h2"), StandbyContractTest::enter);
    }

    @TestFactory
    Stream<DynamicTest> test() {
        return SimulatedWorld.tests(server -> standby(server).test(ADA, "h2"));
    }
}
