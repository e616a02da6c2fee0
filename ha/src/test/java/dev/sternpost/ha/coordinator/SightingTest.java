package dev.sternpost.ha.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Sighting;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One who looks and one who has just become coordinator: what the first saw, the other need not see again. */
class SightingTest {
    private static final HostId SILENT = HostId.of(1);
    private static final HostId WITNESS = HostId.of(2);
    private static final HostId SELF = HostId.of(3);
    private static final HaTiming TIMING = HaTiming.DEFAULT;
    private static final HostLease LEASE = new HostLease(SILENT, 4, 100, true, false, 12_500);
    private static final ClusterConfig CONFIG = ClusterConfig.of(
            1,
            TIMING,
            List.of(SILENT, WITNESS, SELF).stream()
                    .map(host -> new MemberHost(host, 1, 1, true))
                    .toList(),
            List.of());

    private final Coordinator machine = new Coordinator(new MostRoom());

    private Coordinator.State step(Coordinator.State state, Input input) {
        Surroundings around = new Surroundings(SELF, CONFIG, 1, Collections.emptySortedMap());
        Step<Coordinator.State> step = machine.step(state, input, around);
        return step.state();
    }

    private Coordinator.State reads(Coordinator.State state, HostLease lease, long at) {
        return reads(state, lease.encoded(), at);
    }

    private Coordinator.State reads(Coordinator.State state, String content, long at) {
        Coordinator.State asked = step(state, new Input.Tick(at));
        return step(asked, new Input.SlotRead(HostLease.slotOf(SILENT), at, Optional.of(content), false, at + 100));
    }

    private Coordinator.State hears(Coordinator.State state, Sighting sighting, long at) {
        SortedMap<HostId, Sighting> silent = new TreeMap<>(Map.of(SILENT, sighting));
        return step(
                state,
                new Input.Heard(
                        new Message.Heartbeat(WITNESS, 1, 1, 1, true, Collections.emptySortedMap(), silent), at));
    }

    @Test
    void what_does_not_move_is_told_with_its_age() {
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 1_000);
        assertThat(state.sightings(TIMING, 1_200)).isEmpty();
        state = reads(state, LEASE, 5_200);
        assertThat(state.sightings(TIMING, 6_000)).containsExactly(Map.entry(SILENT, new Sighting(4, 100, 4_900)));
        assertThat(state.sightings(TIMING, 60_000)).isEmpty();
    }

    @Test
    void the_wait_is_not_begun_anew_when_the_same_write_was_seen_before() {
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 50_000);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.PARTITIONED);
        state = reads(state, LEASE, 53_200);
        state = hears(state, new Sighting(4, 100, 15_000), 53_300);
        state = reads(state, LEASE, 53_500);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.DEAD);
    }

    @Test
    void nobody_is_believed_about_a_lease_that_has_not_missed_renewals_here_too() {
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 50_000);
        state = reads(state, LEASE, 52_000);
        state = hears(state, new Sighting(4, 100, 3_000_000), 52_300);
        state = reads(state, LEASE, 52_500);
        assertThat(state.verdicts()).doesNotContainEntry(SILENT, HostVerdict.DEAD);
    }

    @Test
    void a_word_about_another_write_says_nothing_nor_does_one_about_what_was_not_read_here() {
        Coordinator.State unread = hears(Coordinator.State.START, new Sighting(4, 100, 20_000), 50_000);
        Coordinator.State state = reads(unread, LEASE, 50_100);
        state = hears(state, new Sighting(4, 99, 20_000), 50_300);
        state = hears(state, new Sighting(3, 100, 20_000), 50_300);
        state = reads(state, LEASE, 51_000);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.PARTITIONED);
    }

    @Test
    void a_lease_that_moves_after_all_is_young_again() {
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 50_000);
        state = hears(state, new Sighting(4, 100, 12_300), 50_300);
        state = reads(state, new HostLease(SILENT, 4, 101, true, false, 12_500), 51_000);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.PARTITIONED);
    }

    @Test
    void what_is_said_of_a_write_is_not_believed_of_a_torn_one_after_it() {
        String torn = LEASE.encoded().substring(0, 20);
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 50_000);
        state = reads(state, torn, 51_000);
        state = reads(state, torn, 55_000);
        assertThat(state.sightings(TIMING, 55_200)).isEmpty();
        state = hears(state, new Sighting(4, 100, 15_000), 55_300);
        state = reads(state, torn, 55_500);
        state = reads(state, torn, 57_800);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.SILENT);
    }

    @Test
    void a_torn_lease_is_judged_by_what_the_whole_one_before_it_said() {
        HostLease patient = new HostLease(SILENT, 4, 100, true, false, HaTiming.PATIENT.deadMillis());
        String torn = patient.encoded().substring(0, 20);
        Coordinator.State state = reads(Coordinator.State.START, patient, 10_000);
        state = reads(state, torn, 11_000);
        state = reads(state, torn, 31_000);
        state = reads(state, torn, 34_000);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.SILENT);
        state = reads(state, torn, 11_000 + HaTiming.PATIENT.deadMillis() + 200);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.DEAD);
        HostLease usual = new HostLease(SILENT, 4, 101, true, false, TIMING.deadMillis());
        state = reads(Coordinator.State.START, usual, 10_000);
        state = reads(state, torn, 11_000);
        state = reads(state, torn, 11_000 + TIMING.deadMillis() + 200);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.DEAD);
    }

    @Test
    void of_one_that_has_left_nothing_is_remembered() {
        Coordinator.State state = reads(Coordinator.State.START, LEASE, 10_000);
        state = reads(state, HostLease.LEFT, 11_000);
        state = reads(state, "", 12_000);
        state = reads(state, "", 40_000);
        state = reads(state, "", 43_000);
        assertThat(state.verdicts()).containsEntry(SILENT, HostVerdict.SILENT);
    }
}
