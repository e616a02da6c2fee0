package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
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

/** What is refused, and what the record says at the end. */
class StorageMovesTest {
    private static final Caller ADA = Caller.named("ada");
    private static final StorageMoveRequest TO_SHARED2 = new StorageMoveRequest("web-1", "shared2", null, 0);

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();

    @Test
    void the_record_has_the_new_place_and_the_same_host_at_the_end() {
        VirtualMachine before = make("web-1");

        Task task = server.succeed(server.storageMoves.move(ADA, TO_SHARED2));

        VirtualMachine after = vm("web-1");
        assertThat(task.summary().resultId()).isEqualTo(before.id().value());
        assertThat(datacenter.snapshot().get(after.datastoreId()).name()).isEqualTo("shared2");
        assertThat(after.hostId()).isEqualTo(before.hostId());
        assertThat(after.generation()).isEqualTo(before.generation());
        assertThat(datacenter.inventory().events(EventQuery.after(0, EventQuery.LIMIT_MAX)))
                .anyMatch(event -> event.type() == EventType.VM_STORAGE_MOVED);
    }

    @Test
    void what_is_there_already_is_not_moved() {
        make("web-1");
        refused(
                FaultCode.REQUEST_INVALID,
                () -> server.storageMoves.move(ADA, new StorageMoveRequest("web-1", "shared1", null, 0)));
    }

    @Test
    void one_move_at_a_time() {
        make("web-1");
        server.storageMoves.move(ADA, TO_SHARED2);
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.storageMoves.move(ADA, TO_SHARED2));
        HostId other = SimulatedDatacenter.TWO;
        refused(
                FaultCode.VM_WRONG_POWER_STATE,
                () -> server.migrations.migrate(ADA, new MigrationRequest("web-1", other.value(), 300, 0)));
    }

    @Test
    void a_cancelled_move_leaves_the_record_as_it_was() {
        VirtualMachine before = make("web-1");
        TaskView moving = server.storageMoves.move(ADA, TO_SHARED2);
        server.tasks().cancel(moving.task().id().toString());
        assertThat(server.finish(moving).state()).isEqualTo(TaskState.CANCELLED);

        assertThat(vm("web-1").datastoreId()).isEqualTo(before.datastoreId());
        assertThat(datacenter.inventory().events(EventQuery.after(0, EventQuery.LIMIT_MAX)))
                .noneMatch(event -> event.type() == EventType.VM_STORAGE_MOVED);
    }

    private VirtualMachine make(String name) {
        Task task = server.succeed(server.vms.create(
                ADA,
                new CreateRequest(name, "", SimulatedDatacenter.ONE.value(), "shared1", "", ConfigWish.NOTHING, true)));
        return datacenter.snapshot().resolve(task.summary().resultId(), VirtualMachine.class);
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
