package dev.sternpost.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundTrackerTest {
    private final RoundTracker tracker = new RoundTracker();

    private static RoundTracker.Sample at(int syncCount, long sentBytes, long remainingBytes, long elapsedMillis) {
        return new RoundTracker.Sample(syncCount, sentBytes, remainingBytes, 0, 0, elapsedMillis);
    }

    @Test
    void rounds_are_counted_without_holes_when_the_bitmap_was_read_twice_between_two_samples() {
        tracker.sample(at(1, 100, 900, 10));
        tracker.sample(at(2, 1_000, 300, 100));
        tracker.sample(at(4, 1_400, 50, 150));

        assertThat(tracker.rounds()).extracting(MigrationRound::number).containsExactly(1, 2, 3);
        assertThat(tracker.rounds()).extracting(MigrationRound::sentBytes).containsExactly(1_000L, 400L, 0L);
        assertThat(tracker.remainingAfterSyncBytes()).isEqualTo(50);
    }

    @Test
    void a_sample_that_comes_late_changes_nothing() {
        tracker.sample(at(2, 1_000, 300, 100));
        tracker.sample(at(1, 900, 400, 120));
        tracker.sample(at(3, 1_200, 100, 90));

        assertThat(tracker.last()).isEqualTo(at(2, 1_000, 300, 100));
        assertThat(tracker.rounds()).hasSize(2);
    }

    @Test
    void a_time_in_which_sending_is_held_back_makes_no_round_but_tells_what_is_dirty() {
        tracker.sample(at(2, 1_000, 300, 100));
        tracker.sampleHeld(at(7, 1_000, 200, 200));

        assertThat(tracker.rounds()).extracting(MigrationRound::number).containsExactly(1, 2);
        assertThat(tracker.remainingAfterSyncBytes()).isEqualTo(200);
    }
}
