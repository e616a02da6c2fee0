package dev.sternpost.ha.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final HostId HOST = HostId.of(4);
    private static final VirtualMachineId VM = VirtualMachineId.of(17);

    @Test
    void messages_are_read_as_they_were_sent() {
        for (Message message : List.of(
                new Message.Heartbeat(
                        HOST, 2, 99, 5, true, VmTable.parseEntries("17:3r 18:1f"), Collections.emptySortedMap()),
                new Message.Heartbeat(
                        HOST,
                        2,
                        100,
                        5,
                        true,
                        Collections.emptySortedMap(),
                        new TreeMap<>(Map.of(
                                HostId.of(1), new Sighting(3, 44, 4_500), HostId.of(12), new Sighting(1, 2, 0)))),
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
    void a_heartbeat_of_an_earlier_version_tells_of_no_lease() {
        String text = Lines.of("heartbeat")
                .with("from", HOST)
                .with("incarnation", 2)
                .with("sequence", 99)
                .with("term", 5)
                .with("leaseHeld", true)
                .with("vms", "")
                .encoded();
        assertThat(Message.decode(text))
                .contains(new Message.Heartbeat(
                        HOST, 2, 99, 5, true, Collections.emptySortedMap(), Collections.emptySortedMap()));
    }

    @Test
    void a_sighting_is_not_of_the_future_and_not_from_before_anybody_waits() {
        assertThatThrownBy(() -> new Sighting(1, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Sighting(1, 1, Long.MAX_VALUE).agoMillis()).isEqualTo(Sighting.AGO_MILLIS_MAX);
        for (String broken : List.of("1", "1:2", "1:2.3", "1:2.3-", "x:2.3-4", "1:2.3--4")) {
            assertThatThrownBy(() -> Sighting.parseAll(broken)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void an_order_raises_the_generation() {
        assertThatThrownBy(() -> new Message.StartOrder(HOST, 5, VM, new LockState.Released(4), 4))
                .hasMessage("vm-17: generation 4 does not rise above free@4");
    }
}
