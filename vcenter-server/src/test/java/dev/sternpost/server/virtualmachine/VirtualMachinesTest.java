package dev.sternpost.server.virtualmachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VirtualMachinesTest extends VmTestKit {
    @Test
    void a_vm_is_made_of_what_the_request_leaves_open() {
        VirtualMachine vm = made("web-1", false);
        assertThat(datacenter.snapshot().pathOf(vm.id())).isEqualTo("/DC0/vm/web-1");
        assertThat(vm.config().cpuCount()).isEqualTo(1);
        assertThat(vm.directory()).isEqualTo("web-1");
        assertThat(vm.powerState()).isEqualTo(PowerState.POWERED_OFF);
        assertThat(vm.generation()).isEqualTo(1);
    }

    private static ReconfigureRequest reserving(String vm, long cpuMhz) {
        AllocationWish cpu = new AllocationWish(cpuMhz, null, null, 0);
        ConfigWish wish = new ConfigWish(0, 0, null, List.of(), List.of(), "", cpu, AllocationWish.NOTHING);
        return new ReconfigureRequest(vm, 0, wish, List.of());
    }

    @Test
    void what_a_vm_draws_may_change_while_it_runs_its_shape_may_not() {
        made("web-1", true);
        server.succeed(server.vms.reconfigure(ADA, reserving("web-1", 700)));
        assertThat(vm("web-1").config().cpuAllocation().reservation()).isEqualTo(700);
        ConfigWish bigger = new ConfigWish(2, 0, null, List.of(), List.of(), "");
        refused(
                FaultCode.VM_WRONG_POWER_STATE,
                () -> server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, bigger, List.of())));
    }

    private static ReconfigureRequest pausing(String vm, long millis) {
        ConfigWish wish = new ConfigWish(
                0, 0, null, List.of(), List.of(), "", AllocationWish.NOTHING, AllocationWish.NOTHING, millis, null);
        return new ReconfigureRequest(vm, 0, wish, List.of());
    }

    @Test
    void the_downtime_budget_may_change_while_it_runs_and_has_bounds() {
        made("web-1", true);
        server.succeed(server.vms.reconfigure(ADA, pausing("web-1", 80)));
        server.succeed(server.vms.reconfigure(ADA, reserving("web-1", 700)));
        assertThat(vm("web-1").config().maxDowntimeMillis()).isEqualTo(80);
        assertThat(vm("web-1").config().cpuAllocation().reservation()).isEqualTo(700);
        for (long wrong : new long[] {-1, 9, 60_001}) {
            refused(FaultCode.CONFIG_INVALID, () -> server.vms.reconfigure(ADA, pausing("web-1", wrong)));
        }
    }

    @Test
    void settings_that_queue_up_do_not_undo_each_other() {
        made("web-1", true);
        TaskView pause = server.vms.reconfigure(ADA, pausing("web-1", 80));
        TaskView reservation = server.vms.reconfigure(ADA, reserving("web-1", 700));
        server.succeed(pause);
        server.succeed(reservation);
        assertThat(vm("web-1").config().maxDowntimeMillis()).isEqualTo(80);
        assertThat(vm("web-1").config().cpuAllocation().reservation()).isEqualTo(700);
    }

    @Test
    void a_reservation_outlives_a_change_of_shape_and_never_exceeds_what_there_is() {
        made("web-1", false);
        server.succeed(server.vms.reconfigure(ADA, reserving("web-1", 700)));
        ConfigWish bigger = new ConfigWish(2, 0, null, List.of(), List.of(), "");
        server.succeed(server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, bigger, List.of())));
        assertThat(vm("web-1").config().cpuCount()).isEqualTo(2);
        assertThat(vm("web-1").config().cpuAllocation().reservation()).isEqualTo(700);
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        refused(FaultCode.INSUFFICIENT_RESOURCES, () -> server.vms.reconfigure(ADA, reserving("web-1", 24_001)));
    }

    @Test
    void a_vm_is_powered_on_only_when_what_it_reserves_can_be_kept() {
        for (int i = 1; i <= 3; i++) {
            made("web-" + i, false);
            server.succeed(server.vms.reconfigure(ADA, reserving("web-" + i, 7_000)));
            server.succeed(server.vms.powerOn(ADA, "web-" + i));
        }
        made("late", false);
        server.succeed(server.vms.reconfigure(ADA, reserving("late", 4_000)));
        assertThatThrownBy(() -> server.vms.powerOn(ADA, "late"))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.INSUFFICIENT_RESOURCES);
                    assertThat(fault.fault().message()).contains("1000 MHz").contains("24000 MHz");
                });
        AllocationWish cpu = new AllocationWish(4_000L, null, null, 0);
        ConfigWish wish = new ConfigWish(0, 0, null, List.of(), List.of(), "", cpu, AllocationWish.NOTHING);
        Task task = server.finish(server.vms.create(ADA, new CreateRequest("new", "", "", "", "", wish, true)));
        assertThat(code(task)).isEqualTo("INSUFFICIENT_RESOURCES");
    }

    @Test
    void a_vm_from_a_template_has_its_shape_and_an_address_of_its_own() {
        server.succeed(server.vms.register(ADA, new RegisterRequest("shared1", "tiny", "", "", "", true)));
        VirtualMachine template = vm("tiny");
        assertThat(template.template()).isTrue();
        Task task = server.succeed(server.vms.create(
                ADA,
                new CreateRequest(
                        "web-1",
                        "/DC0/vm",
                        "prod",
                        "shared1",
                        "tiny",
                        new ConfigWish(2, 0, null, List.of(), List.of(), "mine"),
                        true)));
        VirtualMachine vm = datacenter.snapshot().resolve(task.summary().resultId(), VirtualMachine.class);
        assertThat(vm.config().cpuCount()).isEqualTo(2);
        assertThat(vm.config().memoryBytes()).isEqualTo(template.config().memoryBytes());
        assertThat(vm.config().disks()).hasSize(1);
        assertThat(vm.uuid()).isNotEqualTo(template.uuid());
        VirtualNic nic = vm.config().nics().getFirst();
        assertThat(nic.macAddress())
                .startsWith("52:54:00:")
                .isNotEqualTo(template.config().nics().getFirst().macAddress());
        assertThat(vm.powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(vm.generation()).isEqualTo(2);
        assertThat(datacenter.hosts().running(vm.id())).containsExactly(vm.hostId());
    }

    @Test
    void a_name_that_is_taken_is_refused_at_once_also_by_one_that_is_being_made() {
        TaskView first = server.vms.create(ADA, request("web-1", false));
        refused(FaultCode.NAME_TAKEN, () -> server.vms.create(ADA, request("web-1", false)));
        server.succeed(first);
        refused(FaultCode.NAME_TAKEN, () -> server.vms.create(ADA, request("web-1", false)));
    }

    @Test
    void a_repeated_request_is_the_same_task_also_when_its_name_is_taken_by_it() {
        Caller caller = new Caller("ada", "request-1");
        TaskView first = server.vms.create(caller, request("web-1", false));
        TaskView again = server.vms.create(caller, request("web-1", false));
        assertThat(again.task().id()).isEqualTo(first.task().id());
        server.succeed(first);
        assertThat(server.vms.create(caller, request("web-1", false)).task().id())
                .isEqualTo(first.task().id());
        refused(FaultCode.REQUEST_ID_REUSED, () -> server.vms.create(caller, request("web-2", false)));
    }

    @Test
    void a_failed_create_leaves_no_file_and_no_row_and_its_name_is_free_again() {
        String before = datacenter.state();
        datacenter.hosts().setAway(ONE, true);
        CreateRequest onOne = new CreateRequest("web-1", "", ONE.value(), "", "", ConfigWish.NOTHING, true);
        Task task = server.finish(server.vms.create(ADA, onOne));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(code(task)).isEqualTo("HOST_NOT_CONNECTED");
        datacenter.hosts().setAway(ONE, false);
        assertThat(datacenter.state()).isEqualTo(before);
        made("web-1", false);
    }

    @Test
    void what_a_lost_host_made_of_a_failed_create_is_swept_when_it_is_heard_again() {
        String before = datacenter.state();
        CreateRequest onOne = new CreateRequest("web-1", "", ONE.value(), "", "", ConfigWish.NOTHING, true);
        TaskView view = server.vms.create(ADA, onOne);
        datacenter
                .loop()
                .runUntil("the files are made", () -> !datacenter.state().equals(before));
        datacenter.hosts().setAway(ONE, true);
        server.tasks().cancel(view.task().id().toString());
        assertThat(server.finish(view).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(datacenter.snapshot().findByName("web-1", VirtualMachine.class))
                .isEmpty();
        assertThat(datacenter.state()).isNotEqualTo(before);
        datacenter.hosts().setAway(ONE, false);
        datacenter.report();
        assertThat(datacenter.state()).isEqualTo(before);
    }

    @Test
    void what_no_host_can_take_says_why_for_each_host() {
        ConfigWish huge = new ConfigWish(1, 64L << 30, null, List.of(), List.of(), "");
        Task task = server.finish(server.vms.create(ADA, new CreateRequest("huge", "", "", "", "", huge, false)));
        TaskFault fault = Objects.requireNonNull(task.summary().fault());
        assertThat(fault.code()).isEqualTo("NO_SUITABLE_HOST");
        assertThat(fault.message()).contains("h1: has", "h2: has", "h3: has");
        assertThat(datacenter.inventory().events(EventQuery.after(0, 1000)))
                .filteredOn(event -> event.type() == EventType.TASK_FAILED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("huge", "h1: has"))
                .satisfies(
                        event -> assertThat(event.taskId()).isEqualTo(task.id().toString()));
    }

    @Test
    void powered_on_vms_are_spread_by_what_is_free() {
        ConfigWish wish = new ConfigWish(1, 1L << 30, null, List.of(), List.of(), "");
        List<HostId> hosts = List.of("a", "b", "c").stream()
                .map(name -> server.vms.create(ADA, new CreateRequest(name, "", "", "", "", wish, true)))
                .toList()
                .stream()
                .map(server::succeed)
                .map(task -> vm(task.draft().subjectName()).hostId())
                .toList();
        assertThat(hosts).doesNotHaveDuplicates();
    }

    @Test
    void a_rename_changes_the_name_and_not_the_directory() {
        made("web-1", false);
        made("web-2", false);
        refused(FaultCode.NAME_TAKEN, () -> server.vms.rename(ADA, "web-1", "web-2"));
        refused(FaultCode.NAME_INVALID, () -> server.vms.rename(ADA, "web-1", "a/b"));
        server.succeed(server.vms.rename(ADA, "web-1", "app-1"));
        assertThat(vm("app-1").directory()).isEqualTo("web-1");
        assertThat(made("web-1", false).directory()).isEqualTo("web-1_1");
    }

    @Test
    void a_reconfigure_changes_what_is_named_and_leaves_the_rest() {
        VirtualMachine before = made("web-1", false);
        ConfigWish wish = new ConfigWish(
                4,
                0,
                null,
                List.of(new ConfigWish.Disk("", 1L << 30, DiskProvisioning.THICK_LAZY_ZEROED)),
                List.of(),
                "");
        server.succeed(server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", before.version(), wish, List.of())));
        VirtualMachine after = vm("web-1");
        assertThat(after.config().cpuCount()).isEqualTo(4);
        assertThat(after.config().memoryBytes()).isEqualTo(before.config().memoryBytes());
        assertThat(after.config().disks().getFirst().fileName()).isEqualTo("disk0.qcow2");
        refused(
                FaultCode.VERSION_CONFLICT,
                () -> server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", before.version(), wish, List.of())));
        server.succeed(
                server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, ConfigWish.NOTHING, List.of("disk0"))));
        assertThat(vm("web-1").config().disks()).isEmpty();
    }

    @Test
    void of_two_reconfigures_in_the_queue_the_second_does_not_undo_the_first() {
        VirtualMachine before = made("web-1", false);
        ConfigWish disk = new ConfigWish(
                0, 0, null, List.of(new ConfigWish.Disk("", 1L << 30, DiskProvisioning.THIN)), List.of(), "");
        ConfigWish cpus = new ConfigWish(2, 0, null, List.of(), List.of(), "");
        TaskView first = server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, disk, List.of()));
        TaskView second = server.vms.reconfigure(ADA, new ReconfigureRequest("web-1", 0, cpus, List.of()));
        server.succeed(first);
        assertThat(server.finish(second).state()).isEqualTo(TaskState.FAILED);
        assertThat(vm("web-1").config().disks()).hasSize(before.config().disks().size() + 1);
    }

    @Test
    void an_unregistered_vm_can_be_registered_again_and_no_vm_twice() {
        VirtualMachine vm = made("web-1", false);
        refused(
                FaultCode.VM_ALREADY_REGISTERED,
                () -> server.vms.register(ADA, new RegisterRequest("shared1", "web-1", "", "", "", false)));
        server.succeed(server.vms.unregister(ADA, "web-1"));
        Task task = server.succeed(
                server.vms.register(ADA, new RegisterRequest("shared1", "/web-1/", "", "", "back", false)));
        assertThat(vm("back").uuid()).isEqualTo(vm.uuid());
        assertThat(task.summary().resultId()).isEqualTo(vm("back").id().value());
    }

    @Test
    void a_directory_that_is_not_there_fails_with_the_hosts_words() {
        Task task =
                server.finish(server.vms.register(ADA, new RegisterRequest("shared1", "nothing", "", "", "", false)));
        assertThat(code(task)).isEqualTo("FILE_NOT_FOUND");
        refused(
                FaultCode.REQUEST_INVALID,
                () -> server.vms.register(ADA, new RegisterRequest("shared1", "../etc", "", "", "", false)));
    }

    @Test
    void a_deleted_vm_leaves_nothing() {
        String before = datacenter.state();
        made("web-1", false);
        server.succeed(server.vms.delete(ADA, "web-1"));
        assertThat(datacenter.state()).isEqualTo(before);
    }

    @Test
    void a_server_that_dies_leaves_its_tasks_to_the_next_one() {
        TaskView view = server.vms.create(ADA, request("web-1", true));
        server.close();
        SimulatedDatacenter.Server next = datacenter.server();
        next.succeed(view);
        assertThat(vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
    }
}
