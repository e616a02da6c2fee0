package dev.sternpost.server.virtualmachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A server on three simulated hosts, and what tests of it say often. */
abstract class VmTestKit {
    static final Caller ADA = Caller.named("ada");
    static final HostId ONE = SimulatedDatacenter.ONE;

    final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    final SimulatedDatacenter.Server server = datacenter.server();

    static CreateRequest request(String name, boolean powerOn) {
        return new CreateRequest(name, "", "", "", "", ConfigWish.NOTHING, powerOn);
    }

    VirtualMachine made(String name, boolean powerOn) {
        Task task = server.succeed(server.vms.create(ADA, request(name, powerOn)));
        return datacenter.snapshot().resolve(task.summary().resultId(), VirtualMachine.class);
    }

    VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }

    static String code(Task task) {
        TaskFault fault = Objects.requireNonNull(task.summary().fault());
        return fault.code();
    }
}
