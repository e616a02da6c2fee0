package dev.sternpost.ha.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class VmTableTest {
    @Test
    void a_table_is_read_as_it_was_written() {
        Property.holds("tables come back", random -> {
            List<VmEntry> entries = random.listOf(
                    random.between(0, 40),
                    r -> new VmEntry(
                            VirtualMachineId.of(r.between(1, 1_000)),
                            r.between(1L, 1L << 40),
                            r.pick(VmEntry.Phase.class)));
            VmTable table = VmTable.of(HostId.of(3), random.between(0L, 1L << 40), entries);
            assertThat(VmTable.decode(table.encoded())).contains(table);
        });
    }

    @Test
    void locks_are_read_as_they_were_written() {
        for (LockState lock : List.of(
                new LockState.Absent(), new LockState.Released(9), new LockState.Held(HostId.of(12), 1_000_000_007))) {
            assertThat(LockState.parse(lock.encoded())).isEqualTo(lock);
        }
        assertThatThrownBy(() -> LockState.parse("nobody")).isInstanceOf(IllegalArgumentException.class);
    }
}
