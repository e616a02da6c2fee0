package dev.sternpost.server.ha;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of tasks whose host fails in the middle, when the other hosts have started the virtual machine again. */
class OvertakenTaskTest {
    private static final long GIBIBYTE = 1L << 30;
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final HaTestKit kit = new HaTestKit();

    @BeforeEach
    void web_1_runs_on_the_first_host() {
        kit.enabled();
        kit.make("web-1", HaTestKit.ONE, GIBIBYTE, true);
        says(HaTestKit.ONE, seen(vm().generation(), NOON));
    }

    private VirtualMachine vm() {
        return kit.vm("web-1");
    }

    private VmObservation seen(long generation, @Nullable Instant bootTime) {
        return new VmObservation(
                vm().id(), generation, VmObservation.State.POWERED_ON, true, GuestInfo.UNKNOWN, "", bootTime, "");
    }

    private void says(HostId host, VmObservation observation) {
        kit.datacenter.reconciler().observed(host, observation);
    }

    private void fail(HostId host) {
        kit.datacenter.hosts().fail(host);
        kit.silence(host);
    }

    private void startedOn(HostId host) {
        says(host, kit.datacenter.hosts().startAgain(host, vm().id(), vm().directory()));
    }

    private TaskView migrateUntil(String step) {
        TaskView view = kit.server.migrations.migrate(
                HaTestKit.ADA, new MigrationRequest("web-1", HaTestKit.TWO.value(), 300, 0));
        kit.datacenter
                .loop()
                .runUntil(step, () -> task(view).summary().currentStep().equals(step));
        return view;
    }

    private Task task(TaskView view) {
        return kit.server.tasks().get(view.task().id()).task();
    }

    /** Looks each second, as a server does, until the task has ended and the record has followed. */
    private Task ended(TaskView view, HostId failed) {
        kit.until("the end of the task", () -> {
            kit.look(failed);
            return task(view).state().isEnd();
        });
        kit.look(failed);
        return task(view);
    }

    private void runsOn(HostId host) {
        assertThat(vm().hostId()).isEqualTo(host);
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(kit.datacenter.hosts().running(vm().id())).containsExactly(host);
        kit.server.succeed(kit.server.vms.powerOff(HaTestKit.ADA, "web-1"));
        assertThat(kit.datacenter.hosts().running(vm().id())).isEmpty();
        kit.datacenter.checkInvariants();
    }

    private static String code(Task task) {
        return task.summary().fault() == null ? "" : task.summary().fault().code();
    }

    @Test
    void a_migration_whose_source_dies_while_memory_is_copied_ends_and_leaves_no_shadow() {
        TaskView migration = migrateUntil("await-convergence");
        fail(HaTestKit.ONE);
        assertThat(task(migration).state().isEnd()).isFalse();
        startedOn(HaTestKit.THREE);
        Task task = ended(migration, HaTestKit.ONE);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(code(task)).isEqualTo(FaultCode.VM_RUNS_ELSEWHERE.name());
        assertThat(kit.told(EventType.VM_MIGRATION_FAILED))
                .containsExactly(
                        "The live migration of web-1 failed. web-1 runs on h3, which started it after h1 had failed. "
                                + "Give the order again if it is still wanted.");
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA)).hasSize(1);
        assertThat(kit.datacenter.hosts().knowing(vm().id())).containsExactly(HaTestKit.THREE);
        runsOn(HaTestKit.THREE);
    }

    @Test
    void a_migration_whose_source_dies_ends_when_its_target_has_started_the_guest_anew() {
        TaskView migration = migrateUntil("await-convergence");
        fail(HaTestKit.ONE);
        startedOn(HaTestKit.TWO);
        Task task = ended(migration, HaTestKit.ONE);
        assertThat(code(task)).isEqualTo(FaultCode.VM_RUNS_ELSEWHERE.name());
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA)).hasSize(1);
        runsOn(HaTestKit.TWO);
    }

    @Test
    void a_migration_whose_source_dies_after_the_guest_has_left_succeeds() {
        TaskView migration = migrateUntil("switch-over");
        fail(HaTestKit.ONE);
        // The lock and the guest came over before that: what the target has is what the source had.
        kit.datacenter.hosts().startAgain(HaTestKit.TWO, vm().id(), vm().directory());
        says(HaTestKit.TWO, seen(vm().generation() + 1, NOON));
        Task task = ended(migration, HaTestKit.ONE);
        assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA)).isEmpty();
        runsOn(HaTestKit.TWO);
    }

    @Test
    void a_migration_whose_target_dies_with_the_guest_says_that_it_was_started_elsewhere() {
        TaskView migration = migrateUntil("activate-target");
        fail(HaTestKit.TWO);
        startedOn(HaTestKit.THREE);
        Task task = ended(migration, HaTestKit.TWO);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(kit.told(EventType.VM_MIGRATION_FAILED))
                .singleElement()
                .asString()
                .startsWith("web-1 did not survive its live migration to h2. web-1 runs on h3,");
        runsOn(HaTestKit.THREE);
    }

    private TaskView powerOffUntilOrdered() {
        TaskView off = kit.server.vms.powerOff(HaTestKit.ADA, "web-1");
        kit.datacenter
                .loop()
                .runUntil("the order", () -> task(off).summary().currentStep().equals("power-off"));
        return off;
    }

    @Test
    void an_order_its_host_never_did_ends_though_it_has_raised_the_generation_as_the_restart_did() {
        TaskView off = powerOffUntilOrdered();
        fail(HaTestKit.ONE);
        startedOn(HaTestKit.TWO);
        Task task = ended(off, HaTestKit.ONE);
        assertThat(code(task)).isEqualTo(FaultCode.VM_RUNS_ELSEWHERE.name());
        runsOn(HaTestKit.TWO);
    }

    @Test
    void an_order_that_failed_before_the_restart_does_not_hide_it() {
        TaskView off = powerOffUntilOrdered();
        fail(HaTestKit.ONE);
        assertThat(ended(off, HaTestKit.ONE).state()).isEqualTo(TaskState.FAILED);
        startedOn(HaTestKit.TWO);
        runsOn(HaTestKit.TWO);
    }

    @Test
    void orders_that_failed_again_and_again_before_the_restart_do_not_hide_it() {
        TaskView off = powerOffUntilOrdered();
        fail(HaTestKit.ONE);
        assertThat(ended(off, HaTestKit.ONE).state()).isEqualTo(TaskState.FAILED);
        // As each order does whose guest does not shut down.
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(vm().withOwner(HaTestKit.ONE, vm().generation() + 3))
                        .build());
        startedOn(HaTestKit.TWO);
        runsOn(HaTestKit.TWO);
    }
}
