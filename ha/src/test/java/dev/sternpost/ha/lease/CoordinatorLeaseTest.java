package dev.sternpost.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.lease.CoordinatorLease.Mode;
import dev.sternpost.ha.lease.CoordinatorLease.State;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoordinatorLeaseTest {
    private static final HostId SELF = HostId.of(1);
    private static final HostId OTHER = HostId.of(2);
    private static final HaTiming TIMING = HaTiming.DEFAULT;

    private final CoordinatorLease machine = new CoordinatorLease(SELF, TIMING);
    private State state = State.START;
    private @Nullable String slot;
    private long now;
    private boolean writesFail;

    /** A datastore that answers at once. */
    private void give(Input input, int rank) {
        Step<State> step = machine.step(state, input, rank);
        state = step.state();
        for (Effect effect : step.effects()) {
            switch (effect) {
                case Effect.ReadSlot read ->
                    give(new Input.SlotRead(read.slot(), now, Optional.ofNullable(slot), false, now), rank);
                case Effect.WriteSlot write -> {
                    slot = writesFail ? slot : write.content();
                    give(new Input.SlotWritten(write.slot(), write.ticket(), now, !writesFail, now), rank);
                }
                default -> {}
            }
        }
    }

    private void pass(long millis, int rank) {
        for (long end = now + millis; now < end; ) {
            now += HaTiming.TICK_MILLIS;
            give(new Input.Tick(now), rank);
        }
    }

    @Test
    void a_lease_that_does_not_move_is_taken_after_its_time_and_not_before() {
        slot = new CoordinatorRecord(OTHER, 7, 3, false).encoded();
        pass(TIMING.coordinatorDeadMillis(), 0);
        assertThat(state.mode()).isEqualTo(Mode.FOLLOWING);
        pass(1_000, 0);
        assertThat(state.mode()).isEqualTo(Mode.SETTLING);
        assertThat(state.term()).isEqualTo(8);
        pass(TIMING.inFlightMillis(), 0);
        assertThat(state.holds()).isTrue();
    }

    @Test
    void a_lease_that_was_given_up_is_taken_at_once_and_one_that_moves_never() {
        slot = new CoordinatorRecord(OTHER, 7, 3, true).encoded();
        pass(4_000, 0);
        assertThat(state.holds()).isTrue();

        state = State.START;
        for (int i = 0; i < 40; i++) {
            slot = new CoordinatorRecord(OTHER, 9, i, false).encoded();
            pass(1_000, 0);
            assertThat(state.mode()).isEqualTo(Mode.FOLLOWING);
        }
    }

    @Test
    void whoever_finds_another_in_the_slot_is_not_coordinator() {
        slot = new CoordinatorRecord(OTHER, 7, 3, true).encoded();
        pass(1_250, 0);
        assertThat(state.mode()).isEqualTo(Mode.SETTLING);
        slot = new CoordinatorRecord(OTHER, 8, 0, false).encoded();
        pass(TIMING.inFlightMillis() + 1_000, 0);
        assertThat(state.mode()).isEqualTo(Mode.FOLLOWING);
    }

    @Test
    void who_cannot_renew_steps_down_before_anybody_may_follow() {
        slot = new CoordinatorRecord(OTHER, 7, 3, true).encoded();
        pass(4_000, 0);
        writesFail = true;
        pass(TIMING.coordinatorFailMillis() + HaTiming.TICK_MILLIS, 0);
        assertThat(state.holds()).isFalse();
    }

    @Test
    void who_slept_steps_down_before_it_believes_anything() {
        slot = new CoordinatorRecord(OTHER, 7, 3, true).encoded();
        pass(4_000, 0);
        assertThat(state.holds()).isTrue();
        now += 60_000;
        Step<State> step = machine.step(state, new Input.SlotRead("other", now, Optional.empty(), false, now), 0);
        assertThat(step.state().holds()).isFalse();
    }

    @Test
    void who_may_not_be_coordinator_any_more_leaves_and_says_so_in_the_slot() {
        slot = new CoordinatorRecord(OTHER, 7, 3, true).encoded();
        pass(4_000, 0);
        pass(250, -1);
        assertThat(state.holds()).isFalse();
        assertThat(CoordinatorRecord.decode(String.valueOf(slot)))
                .get()
                .matches(record -> record.resigned() && record.term() == 8);
    }

    private boolean hears(long term) {
        Step<State> heard = machine.heardOfTerm(state, OTHER, term, now);
        state = heard.state();
        return heard.effects().isEmpty();
    }

    /** Another host holds the lease, and renews it each second. */
    private void renewed(long term, int seconds, int rank) {
        for (int i = 0; i < seconds; i++) {
            slot = new CoordinatorRecord(OTHER, term, now, false).encoded();
            pass(1_000, rank);
        }
    }

    @Test
    void what_members_say_of_terms_raises_nothing_and_is_told_when_it_cannot_be() {
        assertThat(hears(500)).as("before the slot was read").isTrue();
        renewed(7, 2, 0);
        assertThat(hears(7 + Terms.HEARSAY_RISE_MAX)).isTrue();
        assertThat(hears(8 + Terms.HEARSAY_RISE_MAX)).isFalse();
        assertThat(hears(Long.MAX_VALUE)).as("told once, not each time").isTrue();
        now += 60_000;
        assertThat(hears(-1)).isFalse();
        assertThat(state.terms().max()).isEqualTo(7);
    }

    @Test
    void a_term_that_cannot_be_is_nobodys_however_often_it_is_written() {
        renewed(7, 2, 0);
        for (long term : new long[] {Long.MAX_VALUE, Terms.TERM_MAX, 8 + Terms.RECORD_RISE_MAX, -3}) {
            renewed(term, 1, 0);
            assertThat(state.terms().max()).isEqualTo(7);
            assertThat(state.mode()).isEqualTo(Mode.FOLLOWING);
        }
        renewed(Terms.TERM_MAX, 3, 0);
        // It was written each second, but not seen to move.
        assertThat(state.mode()).isEqualTo(Mode.SETTLING);
        assertThat(state.term()).isEqualTo(8);
    }

    @Test
    void a_lower_term_is_gone_back_to_when_its_holder_renews_for_long() {
        renewed(700_000, 2, -1);
        renewed(8, (int) (TIMING.deadMillis() / 1_000), -1);
        assertThat(state.terms().max()).isEqualTo(700_000);
        slot = new CoordinatorRecord(OTHER, 8, 999_999, false).encoded();
        pass(60_000, -1);
        assertThat(state.terms().max()).as("it does not move").isEqualTo(700_000);
        renewed(8, 2, -1);
        assertThat(state.terms().max()).isEqualTo(8);
    }

    @Test
    void after_the_highest_term_comes_the_first() {
        slot = new CoordinatorRecord(OTHER, Terms.TERM_MAX, 3, true).encoded();
        pass(4_000, 0);
        assertThat(state.holds()).isTrue();
        assertThat(state.term()).isEqualTo(1);
        pass(TIMING.deadMillis() + 2_000, 0);
        assertThat(state.terms().max()).isEqualTo(1);
    }
}
