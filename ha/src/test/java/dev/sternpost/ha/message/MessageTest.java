package dev.sternpost.ha.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final HostId HOST = HostId.of(4);
    private static final VirtualMachineId VM = VirtualMachineId.of(17);

    @Test
    void messages_are_read_as_they_were_sent() {
        for (Message message : List.of(
                new Message.Heartbeat(HOST, 2, 99, 5, true, VmTable.parseEntries("17:3r 18:1f")),
                new Message.StartOrder(HOST, 5, VM, new LockState.Held(HostId.of(1), 3), 4),
                new Message.StartAnswer(
                        HOST, VM, 4, Message.Outcome.FAILED, new LockState.Held(HOST, 4), "no memory = no VM"))) {
            assertThat(Message.decode(message.encoded())).contains(message);
        }
    }

    @Test
    void what_is_no_message_is_no_message() {
        String text = new Message.StartOrder(HOST, 5, VM, new LockState.Absent(), 4).encoded();
        assertThat(Message.decode(text.replace("term=5", "term=6"))).isEmpty();
        assertThat(Message.decode("")).isEmpty();
    }

    @Test
    void an_order_raises_the_generation() {
        assertThatThrownBy(() -> new Message.StartOrder(HOST, 5, VM, new LockState.Released(4), 4))
                .hasMessage("vm-17: generation 4 does not rise above free@4");
    }
}
