package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.simulation.SimulatedWorld;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every workflow on virtual machines, disturbed at every step. */
class VmWorkflowContractTest {
    private static final Caller ADA = Caller.named("ada");

    private static TaskView create(SimulatedDatacenter.Server server, boolean powerOn) {
        ConfigWish wish = new ConfigWish(
                2,
                256L << 20,
                null,
                List.of(new ConfigWish.Disk("", 1L << 30, DiskProvisioning.THIN)),
                List.of(new ConfigWish.Nic("", "VM Network", "52:54:00:aa:bb:cc")),
                "");
        return server.vms.create(ADA, new CreateRequest("web-1", "", "", "", "", wish, powerOn));
    }

    @TestFactory
    Stream<DynamicTest> create() {
        return SimulatedWorld.tests(server -> create(server, false));
    }

    @TestFactory
    Stream<DynamicTest> create_and_power_on() {
        return SimulatedWorld.tests(server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> register() {
        return SimulatedWorld.tests(
                server -> server.vms.register(ADA, new RegisterRequest("shared1", "tiny", "", "", "tiny", true)));
    }

    @TestFactory
    Stream<DynamicTest> give_a_running_vm_other_shares() {
        ConfigWish wish = new ConfigWish(
                0,
                0,
                null,
                List.of(),
                List.of(),
                "",
                new AllocationWish(500L, null, SharesLevel.HIGH, 0),
                AllocationWish.NOTHING);
        return SimulatedWorld.tests(
                server -> server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, wish, List.of(), "Resources")),
                server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> power_on() {
        return SimulatedWorld.tests(server -> server.vms.powerOn(ADA, "web-1"), server -> create(server, false));
    }

    @TestFactory
    Stream<DynamicTest> power_off() {
        return SimulatedWorld.tests(server -> server.vms.powerOff(ADA, "web-1"), server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> shut_down() {
        return SimulatedWorld.tests(
                server -> server.vms.shutdownGuest(ADA, "web-1", Duration.ofSeconds(30)),
                server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> suspend() {
        return SimulatedWorld.tests(server -> server.vms.suspend(ADA, "web-1"), server -> create(server, true));
    }

    @TestFactory
    Stream<DynamicTest> resume() {
        return SimulatedWorld.tests(
                server -> server.vms.powerOn(ADA, "web-1"),
                server -> create(server, true),
                server -> server.vms.suspend(ADA, "web-1"));
    }

    @TestFactory
    Stream<DynamicTest> reconfigure() {
        ConfigWish wish = new ConfigWish(4, 0, null, List.of(), List.of(), "");
        return SimulatedWorld.tests(
                server -> server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, wish, List.of())),
                server -> create(server, false));
    }

    @TestFactory
    Stream<DynamicTest> rename() {
        return SimulatedWorld.tests(
                server -> server.vms.rename(ADA, "web-1", "web-2"), server -> create(server, false));
    }

    @TestFactory
    Stream<DynamicTest> delete() {
        return SimulatedWorld.tests(server -> server.vms.delete(ADA, "web-1"), server -> create(server, false));
    }

    @TestFactory
    Stream<DynamicTest> unregister() {
        return SimulatedWorld.tests(server -> server.vms.unregister(ADA, "web-1"), server -> create(server, false));
    }
}
