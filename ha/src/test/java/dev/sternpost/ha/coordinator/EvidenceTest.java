package dev.sternpost.ha.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.lease.SlotWatch;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private static final HaTiming TIMING = HaTiming.DEFAULT;

    private static HostVerdict verdict(boolean agentUp, boolean isolated, long unmoved, boolean heard) {
        HostLease lease = new HostLease(HostId.of(1), 1, 1, agentUp, isolated, 12_500);
        return new Evidence(new SlotWatch(lease.encoded(), 0, unmoved), lease, heard, unmoved + 100).verdict(TIMING);
    }

    @Test
    void each_state_has_its_own_word() {
        assertThat(verdict(true, false, 500, true)).isEqualTo(HostVerdict.ALIVE);
        assertThat(verdict(true, false, 500, false)).isEqualTo(HostVerdict.PARTITIONED);
        assertThat(verdict(true, true, 500, false)).isEqualTo(HostVerdict.ISOLATED);
        assertThat(verdict(false, false, 500, false)).isEqualTo(HostVerdict.AGENT_DOWN);
        assertThat(verdict(true, false, 5_000, false)).isEqualTo(HostVerdict.SILENT);
        assertThat(verdict(true, false, 5_000, true)).isEqualTo(HostVerdict.STORAGE_LOST);
        assertThat(verdict(true, false, 12_500, false)).isEqualTo(HostVerdict.DEAD);
        assertThat(verdict(true, false, 12_500, true)).isEqualTo(HostVerdict.STORAGE_LOST);
        assertThat(new Evidence(null, null, true, 0).verdict(TIMING)).isEqualTo(HostVerdict.UNKNOWN);
    }

    @Test
    void a_host_that_still_goes_by_longer_times_is_judged_by_those_and_not_by_more() {
        HostLease patient = new HostLease(HostId.of(1), 1, 1, true, false, HaTiming.PATIENT.deadMillis());
        assertThat(isOver(patient, TIMING, 12_500)).isFalse();
        assertThat(isOver(patient, TIMING, 50_000)).isTrue();
        HostLease absurd = new HostLease(HostId.of(1), 1, 1, true, false, Long.MAX_VALUE);
        assertThat(isOver(absurd, TIMING, 50_000)).isTrue();
        HostLease hasty = new HostLease(HostId.of(1), 1, 1, true, false, 1);
        assertThat(isOver(hasty, TIMING, 12_000)).isFalse();
    }

    @Test
    void one_whose_lease_was_never_seen_whole_is_judged_by_the_longest_times() {
        SlotWatch torn = new SlotWatch("host-le", 0, 20_000);
        assertThat(new Evidence(torn, null, false, 20_100).isOver(TIMING)).isFalse();
        torn = new SlotWatch("host-le", 0, HaTiming.PATIENT.deadMillis());
        assertThat(new Evidence(torn, null, false, 60_000).isOver(TIMING)).isTrue();
    }

    @Test
    void a_lease_that_was_given_up_is_never_over_and_one_that_somebody_deleted_is() {
        HostLease lease = new HostLease(HostId.of(1), 1, 1, true, false, 12_500);
        SlotWatch left = new SlotWatch(HostLease.LEFT, 0, 60_000);
        assertThat(new Evidence(left, lease, false, 60_100).isOver(TIMING)).isFalse();
        SlotWatch gone = new SlotWatch("", 0, 12_000);
        assertThat(new Evidence(gone, lease, false, 12_100).isOver(TIMING)).isFalse();
        gone = new SlotWatch("", 0, 12_500);
        assertThat(new Evidence(gone, lease, false, 12_600).isOver(TIMING)).isTrue();
        assertThat(new Evidence(gone, null, false, 12_600).isOver(TIMING)).isFalse();
    }

    private static boolean isOver(HostLease lease, HaTiming timing, long unmoved) {
        return new Evidence(new SlotWatch(lease.encoded(), 0, unmoved), lease, false, unmoved + 100).isOver(timing);
    }

    @Test
    void who_cannot_read_knows_nothing_and_declares_nobody_dead() {
        SlotWatch old = new SlotWatch("", 0, 3_000);
        assertThat(new Evidence(old, null, false, 60_000).verdict(TIMING)).isEqualTo(HostVerdict.UNKNOWN);
        assertThat(new Evidence(old, null, false, 60_000).isOver(TIMING)).isFalse();
    }
}
