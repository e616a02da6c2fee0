package dev.sternpost.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.cluster.DrsSettingsAdmin.Wish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DrsSettingsAdminTest {
    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final DrsSettingsAdmin settings = new DrsSettingsAdmin(datacenter.inventory());

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }

    @Test
    void only_what_is_named_changes() {
        Cluster before = datacenter.snapshot().resolve("prod", Cluster.class);
        Cluster after = settings.update(
                "ada", "prod", before.version(), new Wish(null, AutomationLevel.FULLY_AUTOMATED, 0, 20));
        assertThat(after.drs())
                .isEqualTo(new DrsSettings(
                        true,
                        AutomationLevel.FULLY_AUTOMATED,
                        before.drs().threshold(),
                        20,
                        before.drs().overrides()));
        assertThat(settings.update("ada", "prod", 0, new Wish(false, null, 5, 0))
                        .drs())
                .isEqualTo(new DrsSettings(
                        false,
                        AutomationLevel.FULLY_AUTOMATED,
                        5,
                        20,
                        before.drs().overrides()));
    }

    @Test
    void what_is_out_of_range_or_out_of_date_is_refused() {
        refused(FaultCode.REQUEST_INVALID, () -> settings.update("ada", "prod", 0, new Wish(null, null, 6, 0)));
        refused(FaultCode.REQUEST_INVALID, () -> settings.update("ada", "prod", 0, new Wish(null, null, 0, 4)));
        refused(
                FaultCode.REQUEST_INVALID,
                () -> settings.update("ada", "prod", 0, new Wish(null, AutomationLevel.DISABLED, 0, 0)));
        refused(FaultCode.VERSION_CONFLICT, () -> settings.update("ada", "prod", 99, new Wish(false, null, 0, 0)));
    }

    @Test
    void a_vm_gets_a_level_of_its_own_and_loses_it_again() {
        SimulatedDatacenter.Server server = datacenter.server();
        server.succeed(server.vms.create(
                Caller.named("ada"), new CreateRequest("web-1", "", "", "", "", ConfigWish.NOTHING, false)));
        VirtualMachine vm = datacenter.snapshot().resolve("web-1", VirtualMachine.class);
        DrsSettings with =
                settings.override("ada", "web-1", AutomationLevel.DISABLED).drs();
        assertThat(with.automationOf(vm.id())).isEqualTo(AutomationLevel.DISABLED);
        DrsSettings without = settings.override("ada", "web-1", null).drs();
        assertThat(without.overrideOf(vm.id())).isEmpty();
        assertThat(without.automationOf(vm.id())).isEqualTo(AutomationLevel.PARTIALLY_AUTOMATED);
    }
}
