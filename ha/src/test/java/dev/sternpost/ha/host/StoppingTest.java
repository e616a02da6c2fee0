package dev.sternpost.ha.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is to stop is asked to until it has. */
class StoppingTest {
    private static final HostId SELF = HostId.of(1);
    private static final HostId OTHER = HostId.of(2);
    private static final VirtualMachineId VM = VirtualMachineId.of(7);
    private static final Effect ASK = new Effect.StopVm(VM, 3, true);
    private static final Effect KILL = new Effect.StopVm(VM, 3, false);

    private LocalState state = LocalState.restored(SELF, null, new TreeMap<>(Map.of(VM, 3L)));

    private List<Effect> take(Input input) {
        List<Effect> effects = new ArrayList<>();
        LocalVms vms = new LocalVms(SELF, state, effects);
        vms.take(input);
        vms.writeTable(input.atMillis());
        state = vms.state();
        return effects;
    }

    private List<Effect> stop(boolean askGuestFirst, long at) {
        List<Effect> effects = new ArrayList<>();
        LocalVms vms = new LocalVms(SELF, state, effects);
        vms.stop(VM, askGuestFirst, at);
        state = vms.state();
        return effects;
    }

    @Test
    void a_lease_that_is_over_kills_what_is_still_shutting_down() {
        take(new Input.Lease(1, 5_000, 100));
        assertThat(stop(true, 1_000)).containsExactly(ASK);
        assertThat(take(new Input.Tick(4_900))).doesNotContain(ASK, KILL);
        assertThat(take(new Input.Tick(5_000))).contains(KILL);
        assertThat(take(new Input.Tick(5_250))).doesNotContain(KILL);
    }

    @Test
    void it_is_asked_for_each_second_until_it_is_gone() {
        take(new Input.Lease(1, 60_000, 100));
        assertThat(stop(false, 1_000)).containsExactly(KILL);
        assertThat(stop(false, 1_250)).isEmpty();
        assertThat(take(new Input.Tick(1_750))).doesNotContain(KILL);
        assertThat(take(new Input.Tick(2_000))).contains(KILL);
        assertThat(take(new Input.Tick(3_000))).contains(KILL);
        take(new Input.VmGone(VM, false, "stopped", 3_500));
        assertThat(take(new Input.Tick(4_000))).doesNotContain(KILL);
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 3, VmEntry.Phase.LOST));
    }

    @Test
    void a_guest_that_does_not_shut_down_is_killed_in_the_end() {
        take(new Input.Lease(1, 90_000, 100));
        stop(true, 1_000);
        assertThat(take(new Input.Tick(40_750))).doesNotContain(KILL);
        assertThat(take(new Input.Tick(41_000))).contains(KILL);
    }

    @Test
    void what_was_made_under_a_lease_that_is_over_is_stopped_and_given_away() {
        state = LocalState.restored(SELF, null, new TreeMap<>());
        take(new Input.Lease(1, 5_000, 100));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), state.writing(), 100, true, 150));
        List<Effect> effects = new ArrayList<>();
        LocalVms vms = new LocalVms(SELF, state, effects);
        vms.start(VM, new LockState.Released(2), 3, OTHER, 200);
        state = vms.state();
        take(new Input.Tick(210));
        take(new Input.SlotWritten(VmTable.slotOf(SELF), state.writing(), 210, true, 300));
        LockState mine = new LockState.Held(SELF, 3);
        assertThat(take(new Input.LockAnswer(VM, mine, true, Optional.of(mine), 400)))
                .contains(new Effect.CreateVm(VM, 3, 1));
        assertThat(take(new Input.VmCreated(VM, 3, 6_000)))
                .contains(KILL)
                .anyMatch(effect -> effect instanceof Effect.Send send
                        && send.message() instanceof Message.StartAnswer answer
                        && answer.outcome() == Message.Outcome.FAILED);
        assertThat(take(new Input.Tick(7_000))).contains(KILL);
        take(new Input.VmGone(VM, false, "stopped", 7_100));
        assertThat(take(new Input.Tick(7_250))).contains(new Effect.SwapLock(VM, mine, new LockState.Released(4)));
    }

    @Test
    void what_nobody_wants_any_more_when_it_is_made_is_stopped() {
        state = LocalState.restored(SELF, null, new TreeMap<>());
        take(new Input.Lease(1, 60_000, 100));
        assertThat(take(new Input.VmCreated(VM, 3, 1_000))).contains(KILL);
        assertThat(take(new Input.Tick(2_000))).contains(KILL);
    }

    @Test
    void the_lock_of_what_is_gone_is_given_away_though_orders_that_failed_raised_the_generation_here() {
        take(new Input.Lease(1, 60_000, 100));
        take(new Input.VmArrived(VM, 6, 200));
        take(new Input.VmGone(VM, false, "crashed", 300));
        LockState asked = new LockState.Held(SELF, 6);
        assertThat(take(new Input.Tick(400))).contains(new Effect.SwapLock(VM, asked, new LockState.Released(7)));
        LockState actual = new LockState.Held(SELF, 3);
        take(new Input.LockAnswer(VM, new LockState.Released(7), false, Optional.of(actual), 500));
        assertThat(take(new Input.Tick(1_500))).contains(new Effect.SwapLock(VM, actual, new LockState.Released(4)));
        take(new Input.LockAnswer(VM, new LockState.Released(4), true, Optional.of(new LockState.Released(4)), 1_600));
        assertThat(state.entries()).containsExactly(new VmEntry(VM, 4, VmEntry.Phase.RELEASED));
    }

    @Test
    void the_lock_of_what_was_shut_down_is_removed_likewise() {
        take(new Input.Lease(1, 60_000, 100));
        take(new Input.VmArrived(VM, 6, 200));
        take(new Input.VmGone(VM, true, "shut down", 300));
        take(new Input.Tick(400));
        LockState actual = new LockState.Held(SELF, 3);
        take(new Input.LockAnswer(VM, new LockState.Absent(), false, Optional.of(actual), 500));
        assertThat(take(new Input.Tick(1_500))).contains(new Effect.SwapLock(VM, actual, new LockState.Absent()));
    }
}
