package dev.sternpost.ha.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.host.Guard.Mode;
import dev.sternpost.ha.host.Guard.State;
import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardTest {
    private static final HostId SELF = HostId.of(1);
    private static final String SLOT = HostLease.slotOf(SELF);
    private static final HaTiming TIMING = HaTiming.DEFAULT;

    private final Guard guard = new Guard(SELF, TIMING);

    private Step<State> holding(long until) {
        return guard.start(1, new Effect.LeaseIs(5, until), 0);
    }

    @Test
    void a_guard_that_knows_of_no_good_lease_stops_everything_first() {
        Step<State> step = guard.start(1, new Effect.LeaseIs(5, 0), 0);
        assertThat(step.state().mode()).isEqualTo(Mode.STOPPING);
        assertThat(step.effects()).contains(new Effect.StopAllVms(6), new Effect.LeaseIs(6, 0));
    }

    @Test
    void a_guard_that_starts_again_goes_on_with_the_lease_that_is_good() {
        Step<State> step = holding(3_000);
        assertThat(step.effects()).isEmpty();
        assertThat(guard.step(step.state(), new Input.Tick(2_999)).state().mode())
                .isEqualTo(Mode.HOLDING);
        assertThat(guard.step(step.state(), new Input.Tick(3_000)).effects()).contains(new Effect.StopAllVms(6));
    }

    @Test
    void a_guard_with_shorter_times_than_the_one_before_stops_by_its_own() {
        Step<State> step = holding(38_000);
        assertThat(guard.step(step.state(), new Input.Tick(7_999)).state().mode())
                .isEqualTo(Mode.HOLDING);
        assertThat(guard.step(step.state(), new Input.Tick(8_000)).effects()).contains(new Effect.StopAllVms(6));
    }

    @Test
    void the_lease_counts_from_the_beginning_of_the_write() {
        State state = guard.step(holding(8_000).state(), new Input.Tick(1_000)).state();
        Step<State> step = guard.step(state, new Input.SlotWritten(SLOT, 1, 1_000, true, 3_000));
        assertThat(step.effects()).containsExactly(new Effect.SetWatchdog(11_000), new Effect.LeaseIs(5, 9_000));
    }

    @Test
    void an_answer_that_waited_for_a_sleeper_does_not_keep_the_lease() {
        State state = guard.step(holding(8_000).state(), new Input.Tick(1_000)).state();
        Step<State> step = guard.step(state, new Input.SlotWritten(SLOT, 1, 1_000, true, 9_500));
        assertThat(step.state().mode()).isEqualTo(Mode.STOPPING);
        assertThat(step.effects()).contains(new Effect.StopAllVms(6));
    }

    @Test
    void nothing_is_written_while_a_write_is_under_way_nor_while_anything_may_run_without_a_lease() {
        State state = guard.step(holding(8_000).state(), new Input.Tick(1_000)).state();
        assertThat(guard.step(state, new Input.Tick(3_000)).effects()).isEmpty();
        State stopping = guard.step(state, new Input.Tick(8_000)).state();
        assertThat(guard.step(stopping, new Input.Tick(9_000)).effects()).containsExactly(new Effect.StopAllVms(6));
        State stopped = guard.step(stopping, new Input.AllStopped(6, 9_100)).state();
        assertThat(stopped.mode()).isEqualTo(Mode.WAITING);
        assertThat(guard.step(stopping, new Input.AllStopped(5, 9_100)).state().mode())
                .isEqualTo(Mode.STOPPING);
    }

    @Test
    void an_agent_that_is_silent_is_told_to_be_down_and_the_lease_goes_on() {
        State state = holding(8_000).state();
        Step<State> first = guard.step(state, new Input.Tick(0));
        assertThat(published(first)).isEqualTo(new HostLease(SELF, 1, 1, true, false, TIMING.deadMillis()));
        State renewed = guard.step(first.state(), new Input.SlotWritten(SLOT, 1, 0, true, 10))
                .state();
        assertThat(published(guard.step(renewed, new Input.Tick(4_500))))
                .isEqualTo(new HostLease(SELF, 1, 2, false, false, TIMING.deadMillis()));
        State heard = guard.step(renewed, new Input.HostSays(true, 4_000)).state();
        assertThat(published(guard.step(heard, new Input.Tick(4_500))))
                .isEqualTo(new HostLease(SELF, 1, 2, true, true, TIMING.deadMillis()));
    }

    private static HostLease published(Step<State> step) {
        return step.effects().stream()
                .filter(Effect.WriteSlot.class::isInstance)
                .map(effect ->
                        HostLease.decode(((Effect.WriteSlot) effect).content()).orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_lease_is_never_said_to_be_good_beyond_the_last_good_renewal() {
        Property.holds("the guard stops in time", random -> {
            State state = holding(TIMING.failMillis()).state();
            long now = 0;
            long goodSince = 0;
            List<Effect.WriteSlot> open = new ArrayList<>();
            List<Long> begun = new ArrayList<>();
            for (int turn = 0; turn < 5 * random.size(); turn++) {
                now += random.between(0, 3_000);
                Input input;
                if (!open.isEmpty() && random.chance(0.5)) {
                    boolean ok = random.chance(0.7);
                    input = new Input.SlotWritten(SLOT, open.getLast().ticket(), begun.getLast(), ok, now);
                    goodSince = ok && now < goodSince + TIMING.failMillis() ? begun.getLast() : goodSince;
                    open.clear();
                } else {
                    input = new Input.Tick(now);
                }
                Step<State> step = guard.step(state, input);
                state = step.state();
                for (Effect effect : step.effects()) {
                    if (effect instanceof Effect.WriteSlot write) {
                        assertThat(open).isEmpty();
                        open.add(write);
                        begun.add(now);
                    }
                    if (effect instanceof Effect.LeaseIs lease) {
                        assertThat(lease.untilMillis())
                                .isLessThanOrEqualTo(Math.max(now, goodSince + TIMING.failMillis()));
                    }
                }
                if (state.mode() == Mode.HOLDING) {
                    assertThat(now).isLessThan(goodSince + TIMING.failMillis());
                } else {
                    return;
                }
            }
        });
    }
}
