package dev.sternpost.ha.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Virtual machines that come and go by others' doing. */
class ArrivalTest {
    private static final HostId SELF = HostId.of(1);
    private static final HostId OTHER = HostId.of(2);
    private static final VirtualMachineId VM = VirtualMachineId.of(7);

    private final HostMachine machine = new HostMachine(SELF, new MostRoom());
    private final List<Effect> effects = new ArrayList<>();
    private HostMachine.State state = machine.start(
            ClusterConfig.of(
                    1,
                    HaTiming.DEFAULT,
                    List.of(new MemberHost(SELF, 100, 100, true), new MemberHost(OTHER, 100, 100, true)),
                    List.of(ProtectedVm.usual(VM, 10))),
            1,
            null,
            new TreeMap<>(),
            0);

    private void take(Input input) {
        Step<HostMachine.State> step = machine.step(state, input);
        state = step.state();
        effects.addAll(step.effects());
    }

    private void ordered(long generation) {
        take(new Input.Heard(
                new Message.StartOrder(OTHER, 1, VM, new LockState.Released(generation - 1), generation), 110));
    }

    @Test
    void a_lease_of_another_epoch_does_not_let_go_what_was_begun_before() {
        assertThat(state.mayRun(0, 0)).isFalse();
        take(new Input.Lease(1, 1_000, 100));
        assertThat(state.leaseEpoch()).isEqualTo(1);
        assertThat(state.mayRun(1, 999)).isTrue();
        assertThat(state.mayRun(1, 1_000)).isFalse();
        take(new Input.Lease(2, 5_000, 1_100));
        assertThat(state.mayRun(1, 1_200)).isFalse();
        assertThat(state.mayRun(2, 1_200)).isTrue();
    }

    @Test
    void what_arrives_is_listed_and_what_departs_is_listed_no_more() {
        take(new Input.Lease(1, 10_000, 100));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), 1, 100, true, 110));
        take(new Input.VmArrived(VM, 3, 120));
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 3, VmEntry.Phase.RUNNING));
        assertThat(effects)
                .anyMatch(effect -> effect instanceof Effect.WriteSlot write
                        && write.slot().equals(VmTable.slotOf(SELF))
                        && write.content().contains("7:3r"));
        take(new Input.VmDeparted(VM, 130));
        assertThat(state.entries()).isEmpty();
    }

    @Test
    void an_order_that_is_not_begun_gives_way_to_what_runs_already() {
        take(new Input.Lease(1, 10_000, 100));
        ordered(5);
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 5, VmEntry.Phase.STARTING));
        take(new Input.VmArrived(VM, 4, 120));
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 4, VmEntry.Phase.RUNNING));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), 1, 115, true, 130));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), 2, 131, true, 140));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), 3, 141, true, 150));
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.SwapLock);
        assertThat(effects)
                .anyMatch(effect -> effect instanceof Effect.Send send
                        && send.message() instanceof Message.StartAnswer answer
                        && answer.outcome() == Message.Outcome.REFUSED);
    }

    @Test
    void what_could_not_be_let_go_is_released_for_others() {
        take(new Input.Lease(1, 10_000, 100));
        take(new Input.VmArrived(VM, 3, 120));
        take(new Input.VmGone(VM, false, "was not let go", 121));
        take(new Input.Tick(250));
        assertThat(effects).contains(new Effect.SwapLock(VM, new LockState.Held(SELF, 3), new LockState.Released(4)));
    }

    @Test
    void a_guest_that_shut_down_is_told_as_off_until_its_lock_is_gone() {
        take(new Input.Lease(1, 10_000, 100));
        take(new Input.VmArrived(VM, 3, 120));
        take(new Input.VmGone(VM, true, "shut down by its guest", 130));
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 3, VmEntry.Phase.OFF));
        take(new Input.Tick(250));
        assertThat(effects).contains(new Effect.SwapLock(VM, new LockState.Held(SELF, 3), new LockState.Absent()));
        take(new Input.LockAnswer(VM, new LockState.Absent(), true, Optional.of(new LockState.Absent()), 260));
        assertThat(state.entries()).isEmpty();
    }

    @Test
    void the_next_agent_goes_on_removing_the_lock_of_what_was_shut_down() {
        VmTable table = VmTable.of(SELF, 4, List.of(new VmEntry(VM, 3, VmEntry.Phase.OFF)));
        state = machine.start(state.config(), 2, table, new TreeMap<>(), 0);
        take(new Input.Tick(250));
        assertThat(effects).contains(new Effect.SwapLock(VM, new LockState.Held(SELF, 3), new LockState.Absent()));
    }
}
