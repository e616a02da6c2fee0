package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A VM goes to another host and takes its files along. */
class MovesWithFilesTest {
    private static final Caller ADA = Caller.named("ada");
    private static final String TWO = SimulatedDatacenter.TWO.value();

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();

    @Test
    void the_record_has_host_and_place_at_once() {
        VirtualMachine before = make(true);

        Task task = server.succeed(
                server.migrations.migrate(ADA, request(TWO, "local2", DiskProvisioning.THICK_LAZY_ZEROED)));

        VirtualMachine after = vm();
        assertThat(task.draft().kind()).isEqualTo(MigrationWithFiles.KIND);
        assertThat(after.hostId()).isEqualTo(SimulatedDatacenter.TWO);
        assertThat(after.generation()).isEqualTo(before.generation() + 1);
        assertThat(datacenter.snapshot().get(after.datastoreId()).name()).isEqualTo("local2");
        assertThat(after.config().disks()).allMatch(disk -> disk.provisioning() == DiskProvisioning.THICK_LAZY_ZEROED);
        assertThat(datacenter.inventory().events(EventQuery.after(0, EventQuery.LIMIT_MAX)))
                .anyMatch(event ->
                        event.type() == EventType.VM_MIGRATED && event.message().contains("its files to local2"));
    }

    @Test
    void one_that_is_off_goes_by_another_kind_of_task() {
        make(false);

        Task task = server.succeed(server.migrations.migrate(ADA, request(TWO, "local2", null)));

        assertThat(task.draft().kind()).isEqualTo(ColdMoveWithFiles.KIND);
        assertThat(vm().hostId()).isEqualTo(SimulatedDatacenter.TWO);
        assertThat(datacenter.snapshot().get(vm().datastoreId()).name()).isEqualTo("local2");
        server.succeed(server.vms.powerOn(ADA, "web-1"));
    }

    @Test
    void a_host_that_does_not_see_the_datastore_is_refused_and_the_preview_says_so() {
        make(true);

        refused(
                FaultCode.HOST_INCOMPATIBLE,
                () -> server.migrations.migrate(ADA, request(SimulatedDatacenter.THREE.value(), "local2", null)));
        assertThat(server.migrations.check(request("", "local2", null)).hosts())
                .filteredOn(verdict -> verdict.obstacles().isEmpty())
                .extracting(TargetVerdict::hostId)
                .containsExactly(SimulatedDatacenter.TWO);
        assertThat(server.migrations.check(request("", "local2", null)).forecast())
                .isNull();
    }

    @Test
    void from_a_datastore_that_the_target_does_not_see_only_a_move_with_files_leads_back() {
        make(true);
        server.succeed(server.migrations.migrate(ADA, request(TWO, "local2", null)));
        String one = SimulatedDatacenter.ONE.value();

        refused(FaultCode.HOST_INCOMPATIBLE, () -> server.migrations.migrate(ADA, request(one, "", null)));
        server.succeed(server.migrations.migrate(ADA, request(one, "shared1", null)));

        assertThat(vm().hostId()).isEqualTo(SimulatedDatacenter.ONE);
    }

    @Test
    void a_datastore_where_its_files_are_already_is_no_move_of_files() {
        make(true);
        Task task = server.succeed(server.migrations.migrate(ADA, request(TWO, "shared1", null)));
        assertThat(task.draft().kind()).isEqualTo(LiveMigration.KIND);
    }

    @Test
    void disks_of_one_that_is_off_go_as_they_are() {
        make(false);
        refused(
                FaultCode.REQUEST_INVALID,
                () -> server.migrations.migrate(ADA, request(TWO, "local2", DiskProvisioning.THIN)));
    }

    @Test
    void a_cancelled_move_leaves_the_record_as_it_was() {
        for (boolean powerOn : new boolean[] {true, false}) {
            SimulatedDatacenter own = new SimulatedDatacenter();
            SimulatedDatacenter.Server its = own.server();
            its.succeed(its.vms.create(ADA, creation(powerOn)));
            VirtualMachine before = own.snapshot().resolve("web-1", VirtualMachine.class);
            TaskView moving = its.migrations.migrate(ADA, request(TWO, "local2", null));
            its.tasks().cancel(moving.task().id().toString());

            assertThat(its.finish(moving).state()).isEqualTo(TaskState.CANCELLED);
            VirtualMachine after = own.snapshot().resolve("web-1", VirtualMachine.class);
            assertThat(after.hostId()).isEqualTo(before.hostId());
            assertThat(after.datastoreId()).isEqualTo(before.datastoreId());
        }
    }

    private static MigrationRequest request(
            String host, String datastore, @org.jspecify.annotations.Nullable DiskProvisioning provisioning) {
        return new MigrationRequest("web-1", host, 300, 0, datastore, provisioning);
    }

    private VirtualMachine make(boolean powerOn) {
        server.succeed(server.vms.create(ADA, creation(powerOn)));
        return vm();
    }

    private static CreateRequest creation(boolean powerOn) {
        return new CreateRequest(
                "web-1", "", SimulatedDatacenter.ONE.value(), "shared1", "", ConfigWish.NOTHING, powerOn);
    }

    private VirtualMachine vm() {
        return datacenter.snapshot().resolve("web-1", VirtualMachine.class);
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
