package dev.sternpost.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import dev.sternpost.task.TaskView;
import org.junit.jupiter.api.Test;

class HostAdminTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId TWO = SimulatedDatacenter.TWO;
    private static final HostId THREE = SimulatedDatacenter.THREE;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final InMemoryIdentityStore identities = new InMemoryIdentityStore();
    private final HostAdmin admin = new HostAdmin(
            datacenter.inventory(),
            new EnrolmentTokens(identities, byte[]::new, datacenter.loop()),
            identities,
            datacenter.loop(),
            new byte[32],
            server.placements(),
            server.tasks()::isBusy);

    private void refused(HostId host) {
        assertThatThrownBy(() -> admin.remove("ada", host.value(), 0))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.OBJECT_NOT_EMPTY));
        assertThat(datacenter.snapshot().find(host)).isPresent();
    }

    @Test
    void a_host_is_not_removed_while_a_vm_is_there_or_on_its_way() {
        server.succeed(server.vms.create(
                ADA,
                new CreateRequest("web-1", "", SimulatedDatacenter.ONE.value(), "", "", ConfigWish.NOTHING, true)));
        TaskView move = server.migrations.migrate(ADA, new MigrationRequest("web-1", TWO.value(), 0, 0));
        datacenter.loop().runUntil("room is promised", () -> server.placements().isPromised(TWO));
        refused(TWO);
        server.succeed(move);
        refused(TWO);
        admin.remove("ada", THREE.value(), 0);
        assertThat(datacenter.snapshot().find(THREE)).isEmpty();
    }
}
