package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.availability.guard.BootClock;
import dev.sternpost.agent.availability.guard.GuardInProcess;
import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What hosts are told changes while virtual machines run. */
class PlanChangeTest extends FailoverCase {
    @Test
    void one_that_runs_when_its_protection_comes_is_marked_for_the_guard() {
        configure(2, AvailabilityMode.AVAILABILITY_MODE_ARMED, false);
        Member first = members.getFirst();
        create(first);
        Path mark = first.run.resolve("ha/protected/vm-1");
        assertThat(mark).doesNotExist();
        configure(3, AvailabilityMode.AVAILABILITY_MODE_ARMED);
        Await.until("it to be listed", BOUND, () -> first.runs("vm-1"));
        assertThat(mark).exists();
        configure(4, AvailabilityMode.AVAILABILITY_MODE_ARMED, false);
        Await.until("it to be left alone", BOUND, () -> !Files.exists(mark) && !first.runs("vm-1"));
        assertThat(hardware.guest(first.run, "vm-1")).isPresent();
    }

    @Test
    void what_a_guard_of_an_earlier_time_left_stops_nothing() throws IOException {
        configure(2, AvailabilityMode.AVAILABILITY_MODE_OFF);
        Member first = members.getFirst();
        create(first);
        // As after an end in the middle of a renewal, or without a line to the guard.
        Files.writeString(first.run.resolve("ha/lease"), "1 1 " + BootClock.bootId() + "\n");
        configure(3, AvailabilityMode.AVAILABILITY_MODE_ARMED);
        Await.until("it to be protected", BOUND, () -> isSettled(first) && first.runs("vm-1"));
        assertThat(hardware.guest(first.run, "vm-1")).isPresent();
        assertThat(first.machine().vms())
                .singleElement()
                .extracting(VmEntry::generation)
                .isEqualTo(1L);
    }

    @Test
    void a_host_that_leaves_gives_up_its_lease_and_keeps_its_virtual_machines() {
        Member first = members.getFirst();
        powerOn(first);
        configure(2, AvailabilityMode.AVAILABILITY_MODE_DISARMED);
        configure(3, AvailabilityMode.AVAILABILITY_MODE_OFF);
        assertThat(first.agent().availability().view().membership()).isNull();
        assertThat(hardware.guest(first.run, "vm-1")).isPresent();
        assertThat(first.agent().operations().runningCount()).isEqualTo(1);
        // As if it had never been written: nobody may take it for dead.
        Await.until("its lease to be gone", BOUND, () -> lease(first).equals(Optional.of(HostLease.LEFT)));
    }

    private Optional<String> lease(Member member) {
        try {
            return new DirectorySlotStore(directory.resolve("shared/.sternpost-ha/domain-c1"))
                    .read(HostLease.slotOf(new HostId(member.hostId)))
                    .filter(text -> !text.isEmpty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long deadMillis(Member member) {
        return lease(member)
                .flatMap(HostLease::decode)
                .map(HostLease::deadMillis)
                .orElse(0L);
    }

    @Test
    void by_other_times_another_guard_goes_on_and_nothing_is_stopped() {
        Member first = members.getFirst();
        powerOn(first);
        GuardInProcess before = first.guard;
        configure(2, AvailabilityMode.AVAILABILITY_MODE_ARMED, true, "patient");
        Await.until(
                "leases by the longer times",
                BOUND,
                () -> members.stream().allMatch(member -> deadMillis(member) == HaTiming.PATIENT.deadMillis()));
        Await.until(
                "all to go on", BOUND, () -> members.stream().allMatch(FailoverCase::isSettled) && first.runs("vm-1"));
        assertThat(first.guard).isNotSameAs(before);
        assertThat(first.machine().vms())
                .singleElement()
                .extracting(VmEntry::generation)
                .isEqualTo(1L);
        assertThat(hardware.guest(first.run, "vm-1")).isPresent();
    }

    private String waiting(Member member) throws IOException {
        powerOn(member);
        configure(2, AvailabilityMode.AVAILABILITY_MODE_DISARMED);
        hardware.guest(member.run, "vm-1").orElseThrow().kill();
        Await.until(
                "it to be anybody's",
                BOUND,
                () -> member.machine().vms().stream().anyMatch(vm -> vm.phase() == VmEntry.Phase.RELEASED));
        return Files.readString(directory.resolve("shared/app-1/app-1.lck"));
    }

    @Test
    void what_waits_to_be_started_again_is_off_when_high_availability_ends() throws IOException {
        waiting(members.getFirst());
        // As the server says it: nobody takes part.
        List<Member> all = List.copyOf(members);
        members.clear();
        configure(all, 3, AvailabilityMode.AVAILABILITY_MODE_OFF, false, "default");
        members.addAll(all);
        assertThat(directory.resolve("shared/app-1/app-1.lck")).doesNotExist();
    }

    @Test
    void what_waits_to_be_started_again_stays_anybodys_when_its_host_alone_leaves() throws IOException {
        Member first = members.getFirst();
        String lock = waiting(first);
        members.remove(first);
        configure(3, AvailabilityMode.AVAILABILITY_MODE_DISARMED);
        configure(List.of(first), 3, AvailabilityMode.AVAILABILITY_MODE_OFF, true, "default");
        assertThat(first.agent().availability().view().membership()).isNull();
        assertThat(directory.resolve("shared/app-1/app-1.lck")).hasContent(lock);
        members.add(first);
    }
}
