package dev.sternpost.server.virtualmachine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.VmHappening;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Power on, off, suspend and the shutdown of guests. */
class VmPowerTest extends VmTestKit {
    @Test
    void each_change_of_power_raises_the_generation() {
        made("web-1", true);
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        assertThat(vm("web-1").generation()).isEqualTo(3);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        server.succeed(server.vms.suspend(ADA, "web-1"));
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.SUSPENDED);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(vm("web-1").generation()).isEqualTo(6);
        server.succeed(server.vms.reset(ADA, "web-1"));
        assertThat(vm("web-1").generation()).isEqualTo(6);
        server.succeed(server.vms.shutdownGuest(ADA, "web-1", Duration.ZERO));
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.POWERED_OFF);
    }

    @Test
    void what_the_power_state_forbids_is_refused_at_once() {
        made("off", false);
        made("on", true);
        server.succeed(server.vms.register(ADA, new RegisterRequest("shared1", "tiny", "", "", "", true)));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.powerOff(ADA, "off"));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.suspend(ADA, "off"));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.powerOn(ADA, "on"));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.delete(ADA, "on"));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.unregister(ADA, "on"));
        refused(
                FaultCode.VM_WRONG_POWER_STATE,
                () -> server.vms.reconfigure(ADA, new ReconfigureRequest("on", 0, ConfigWish.NOTHING, List.of())));
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.powerOn(ADA, "tiny"));
        refused(FaultCode.OBJECT_NOT_FOUND, () -> server.vms.powerOn(ADA, "nobody"));
    }

    @Test
    void a_vm_powers_on_elsewhere_when_its_host_is_away() {
        VirtualMachine vm = made("web-1", false);
        disconnect(vm.hostId());
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(vm("web-1").hostId()).isNotEqualTo(vm.hostId());
        assertThat(datacenter.hosts().running(vm.id()))
                .containsExactly(vm("web-1").hostId());
    }

    @Test
    void the_host_a_vm_leaves_by_a_power_on_forgets_it() {
        large("web-1", false);
        large("web-2", true);
        VirtualMachine vm = vm("web-1");
        assertThat(vm.hostId()).isEqualTo(vm("web-2").hostId());
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(vm("web-1").hostId()).isNotEqualTo(vm.hostId());
        assertThat(datacenter.hosts().knowing(vm.id()))
                .containsExactly(vm("web-1").hostId());
    }

    /** Of these a host can run one. */
    private void large(String name, boolean powerOn) {
        ConfigWish large = new ConfigWish(1, 5L << 29, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", ONE.value(), "", "", large, powerOn)));
    }

    @Test
    void a_host_that_was_away_when_a_vm_left_it_does_not_keep_its_directory_from_others() {
        VirtualMachine vm = made("web-1", false);
        HostId before = vm.hostId();
        disconnect(before);
        datacenter.hosts().setAway(before, true);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        server.succeed(server.vms.delete(ADA, "web-1"));
        assertThat(datacenter.hosts().knowing(vm.id())).containsExactly(before);

        datacenter.hosts().setAway(before, false);
        datacenter.report();
        assertThat(datacenter.hosts().knowing(vm.id())).isEmpty();
    }

    @Test
    void waiting_for_a_guest_to_shut_down_can_be_given_up() {
        VirtualMachine vm = made("web-1", true);
        datacenter.hosts().setDeaf(vm.id());
        TaskView shutdown = server.vms.shutdownGuest(ADA, "web-1", Duration.ofMinutes(5));
        datacenter.loop().runUntil("it is asked", () -> running(shutdown));
        server.tasks().cancel(shutdown.task().id().toString());
        assertThat(server.finish(shutdown).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(datacenter.hosts().running(vm.id())).containsExactly(vm.hostId());
    }

    @Test
    void a_power_off_does_not_wait_for_a_guest_that_does_not_shut_down() {
        VirtualMachine vm = made("web-1", true);
        datacenter.hosts().setDeaf(vm.id());
        TaskView shutdown = server.vms.shutdownGuest(ADA, "web-1", Duration.ofMinutes(30));
        datacenter.loop().runUntil("it is asked", () -> running(shutdown));
        Instant asked = datacenter.loop().instant();
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        assertThat(Duration.between(asked, datacenter.loop().instant())).isLessThan(Duration.ofMinutes(1));
        assertThat(server.finish(shutdown).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.POWERED_OFF);
    }

    private boolean running(TaskView view) {
        return server.tasks()
                .get(view.task().id())
                .task()
                .summary()
                .currentStep()
                .equals("shut-down");
    }

    private void disconnect(HostId id) {
        datacenter
                .inventory()
                .commit((InventorySnapshot snapshot) -> InventoryWrite.builder()
                        .put(snapshot.get(id).withConnection(HostConnectionState.NOT_RESPONDING, 1, null))
                        .build());
    }

    @Test
    void a_power_off_that_never_reached_the_host_does_not_silence_its_reports() {
        VirtualMachine vm = made("web-1", true);
        datacenter.hosts().setAway(vm.hostId(), true);
        Task task = server.finish(server.vms.powerOff(ADA, "web-1"));
        assertThat(code(task)).isEqualTo("HOST_NOT_CONNECTED");
        assertThat(vm("web-1").generation()).isGreaterThan(vm.generation());
        VmObservation suspended = new VmObservation(
                vm.id(), vm.generation(), VmObservation.State.SUSPENDED, false, GuestInfo.UNKNOWN, "", null, "");
        datacenter.reconciler().observed(vm.hostId(), suspended);
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.SUSPENDED);
    }

    @Test
    void a_vm_that_ends_before_its_power_on_is_recorded_is_shown_as_off() {
        VirtualMachine vm = made("web-1", false);
        TaskView view = server.vms.powerOn(ADA, "web-1");
        datacenter
                .loop()
                .runUntil("it runs", () -> !datacenter.hosts().running(vm.id()).isEmpty());
        datacenter
                .reconciler()
                .happened(
                        vm.hostId(),
                        new VmHappening(vm.id(), vm.generation() + 1, VmHappening.Kind.ENGINE_DIED, "killed", 1));
        server.succeed(view);
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.POWERED_OFF);
    }

    @Test
    void a_suspended_vm_can_be_powered_off_and_gives_its_memory_up() {
        made("web-1", true);
        server.succeed(server.vms.suspend(ADA, "web-1"));
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.POWERED_OFF);
        refused(FaultCode.VM_WRONG_POWER_STATE, () -> server.vms.powerOff(ADA, "web-1"));
    }
}
