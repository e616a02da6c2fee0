package dev.sternpost.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.ledger.MigrationMark.Role;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    private static final VmRecord VM = VmRecord.off("vm-1", 3, "uuid-1", "web/app-1", "app-1");

    @TempDir
    Path directory;

    @Test
    void the_incarnation_rises_with_each_start() {
        for (long start = 1; start <= 3; start++) {
            try (Ledger ledger = Ledger.open(directory)) {
                assertThat(ledger.incarnation()).isEqualTo(start);
            }
        }
    }

    @Test
    void a_second_agent_on_the_same_ledger_is_refused() {
        Ledger first = Ledger.open(directory);

        assertThatThrownBy(() -> Ledger.open(directory))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.getMessage()).contains("another agent"));

        first.close();
        Ledger.open(directory).close();
    }

    @Test
    void a_ledger_that_was_closed_is_the_next_agents_and_cannot_be_written() {
        Ledger first = Ledger.open(directory);
        first.put(VM);
        first.close();
        try (Ledger second = Ledger.open(directory)) {
            assertThatThrownBy(() -> first.put(VM.withState(LedgerState.ON))).isInstanceOf(LedgerException.class);
            assertThatThrownBy(() -> first.acceptEpoch("task-1", 1)).isInstanceOf(LedgerException.class);
            assertThatThrownBy(() -> first.appendEvent("vm-1", 3, "kind", "")).isInstanceOf(LedgerException.class);
            second.put(VM.withState(LedgerState.SUSPENDED));
        }
        try (Ledger third = Ledger.open(directory)) {
            assertThat(third.vm("vm-1")).contains(VM.withState(LedgerState.SUSPENDED));
            assertThat(third.unacknowledgedEvents()).isEmpty();
        }
    }

    @Test
    void records_come_back_whole_after_a_restart() {
        VmRecord on = VM.withState(LedgerState.ON)
                .withBootEpochMillis(17)
                .withMigration(new MigrationMark("mig-1", Role.SOURCE, "host-2", 4))
                .withActivation(new ActivationRecord("mig-0", 12.5, "guestTicker"));
        VmRecord odd = VmRecord.off("vm-2", 0, "uuid", "a=b\\n\nline", "näme");
        try (Ledger ledger = Ledger.open(directory)) {
            ledger.put(on);
            ledger.put(odd);
        }

        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.vms()).containsExactly(on, odd);
        }
    }

    @Test
    void a_generation_never_falls_not_even_for_a_virtual_machine_that_is_gone() {
        try (Ledger ledger = Ledger.open(directory)) {
            ledger.put(VM.withState(LedgerState.GONE));
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.vms()).isEmpty();
            assertThat(ledger.vm("vm-1"))
                    .hasValueSatisfying(
                            record -> assertThat(record.generation()).isEqualTo(3));
            assertThatThrownBy(() -> ledger.put(VM.withGeneration(2))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_lower_lease_epoch_is_refused_also_after_a_restart() {
        try (Ledger ledger = Ledger.open(directory)) {
            ledger.acceptEpoch("task-1", 5);
            ledger.acceptEpoch("task-1", 5);
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThatThrownBy(() -> ledger.acceptEpoch("task-1", 4))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.STALE_EPOCH));
            ledger.acceptEpoch("task-2", 1);
            ledger.acceptEpoch("task-1", 6);
        }
    }

    @Test
    void results_are_kept_until_their_task_is_forgotten() {
        OperationKey key = new OperationKey("task-1", "task-1/power-on");
        try (Ledger ledger = Ledger.open(directory)) {
            ledger.acceptEpoch("task-1", 2);
            ledger.storeResult(key, new byte[] {1, 2, 3});
            ledger.storeResult(new OperationKey("task-1", "task-1/other"), new byte[0]);
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.result(key)).hasValue(new byte[] {1, 2, 3});
            assertThat(ledger.result(new OperationKey("task-1", "task-1/else"))).isEmpty();
            ledger.forgetTask("task-1");
            assertThat(ledger.result(key)).isEmpty();
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.result(key)).isEmpty();
        }
    }

    @Test
    void events_are_numbered_without_gaps_and_no_number_is_used_twice() {
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.appendEvent("vm-1", 3, "engineDied", "one").number())
                    .isEqualTo(1);
            assertThat(ledger.appendEvent("vm-1", 3, "engineDied", "two").number())
                    .isEqualTo(2);
            ledger.acknowledgeEvents(1);
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.unacknowledgedEvents())
                    .extracting(EventRecord::detail)
                    .containsExactly("two");
            ledger.acknowledgeEvents(2);
        }
        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.unacknowledgedEvents()).isEmpty();
            assertThat(ledger.appendEvent("vm-1", 3, "resumed", "three").number())
                    .isEqualTo(3);
        }
    }

    @Test
    void more_events_than_the_bound_drop_the_oldest() {
        try (Ledger ledger = Ledger.open(directory, new MemorylessDisk(), () -> 0)) {
            for (int i = 0; i < EventJournal.UNACKNOWLEDGED_MAX + 2; i++) {
                ledger.appendEvent("vm-1", 1, "resumed", "");
            }
            assertThat(ledger.unacknowledgedEvents()).hasSize(EventJournal.UNACKNOWLEDGED_MAX);
            assertThat(ledger.unacknowledgedEvents().getFirst().number()).isEqualTo(3);
        }
    }

    @Test
    void a_damaged_record_is_set_aside_and_said_and_the_others_are_read() throws IOException {
        try (Ledger ledger = Ledger.open(directory)) {
            ledger.put(VM);
            ledger.put(VmRecord.off("vm-2", 1, "u", "d", "x"));
        }
        Path file = directory.resolve("vms/vm-1.vm");
        Files.writeString(file, Files.readString(file).replace("generation=3", "generation=2"));

        try (Ledger ledger = Ledger.open(directory)) {
            assertThat(ledger.vms()).extracting(VmRecord::vmId).containsExactly("vm-2");
            assertThat(ledger.notices()).singleElement().asString().contains("vm-1.vm");
        }
        assertThat(directory.resolve("vms/vm-1.vm.damaged")).exists();
    }

    @Test
    void a_name_that_is_no_id_never_becomes_a_path() {
        try (Ledger ledger = Ledger.open(directory)) {
            assertThatThrownBy(() -> ledger.put(VmRecord.off("../vm-1", 1, "u", "d", "x")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Says it has written and has not; for tests of what is kept in memory. */
    private static final class MemorylessDisk implements Disk {
        @Override
        public void write(Path file, byte[] content) {}

        @Override
        public void delete(Path file) {}

        @Override
        public void makeDirectory(Path path) {}
    }
}
