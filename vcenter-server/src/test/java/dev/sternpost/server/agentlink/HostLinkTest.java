package dev.sternpost.server.agentlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.server.host.HostAnswer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HostLinkTest {
    private static final Command COMMAND =
            Command.newBuilder().setCommandId("task-1/read").setVmId("vm-1").build();

    private final HostLink link = new HostLink(new HostId("host-1"));

    @Test
    void one_who_asks_again_joins_the_command_that_waits() {
        PendingCommand first = link.offer(COMMAND, waiter());

        assertThat(link.offer(COMMAND, waiter())).isSameAs(first);
    }

    @Test
    void one_who_asks_after_it_was_given_up_does_not_join_what_has_failed() {
        PendingCommand first = link.offer(COMMAND, waiter());

        link.giveUp(new VirtualMachineId("vm-1"), Fault.of(FaultCode.VM_RUNS_ELSEWHERE, "It runs elsewhere."));

        assertThat(link.offer(COMMAND, waiter())).isNotSameAs(first);
    }

    private static PendingCommand.Waiter waiter() {
        return new PendingCommand.Waiter(new CompletableFuture<HostAnswer>(), report -> {});
    }
}
