package dev.sternpost.server.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.resource.AllocationWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.virtualmachine.ReconfigureRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskState;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import dev.sternpost.vmotion.baseline.CpuLevel;
import dev.sternpost.vmotion.baseline.CpuModelTable;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CpuBaselineTest {
    private static final Caller ADA = Caller.named("ada");
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final HostId TWO = SimulatedDatacenter.TWO;
    private static final HostId THREE = SimulatedDatacenter.THREE;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final CpuBaselineAdmin admin = new CpuBaselineAdmin(datacenter.inventory());

    @BeforeEach
    void every_host_can_give_the_third_level_of_the_abi() {
        datacenter.hosts().giveByDefault("Nehalem");
        for (HostId host : List.of(ONE, TWO, THREE)) {
            can(host, "x86-64-v3");
        }
    }

    private static GuestMachines giving(String level) {
        CpuLevel given = CpuBaselines.find(level).orElseThrow();
        return new GuestMachines(List.of("pc-q35-7.2"), Map.of(), List.copyOf(given.features()), "");
    }

    private void can(HostId host, String level) {
        datacenter.tell(host, giving(level));
    }

    private void created(String name, String host) {
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", host, "", "", ConfigWish.NOTHING, true)));
    }

    private Cluster set(String level) {
        return admin.update("ada", "prod", 0, level);
    }

    private Cluster cluster() {
        return datacenter.snapshot().resolve("prod", Cluster.class);
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private String cpuOf(String name) {
        return vm(name).runtime().hardware().cpuModel();
    }

    private boolean waits(String name) {
        return CpuNeeds.waits(datacenter.snapshot(), vm(name));
    }

    private void restart(String name) {
        server.succeed(server.vms.powerOff(ADA, name));
        server.succeed(server.vms.powerOn(ADA, name));
    }

    private void own(String name, String level) {
        ConfigWish wish = new ConfigWish(
                0, 0, null, List.of(), List.of(), "", AllocationWish.NOTHING, AllocationWish.NOTHING, null, level);
        server.succeed(server.vms.reconfigure(ADA, new ReconfigureRequest(name, 0, wish, List.of())));
    }

    private static String refused(FaultCode code, ThrowingCallable call) {
        String[] message = new String[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(code);
            message[0] = fault.getMessage();
        });
        return message[0];
    }

    @Test
    void a_level_that_hosts_cannot_give_is_refused_with_the_hosts_and_the_features_they_lack() {
        can(TWO, "Penryn");
        assertThat(refused(FaultCode.HOST_INCOMPATIBLE, () -> set("x86-64-v2")))
                .contains("h2 lacks popcnt, sse4.2")
                .doesNotContain("h1 lacks", "h3 lacks");
        assertThat(refused(FaultCode.HOST_INCOMPATIBLE, () -> set("x86-64-v4")))
                .contains("h1 lacks avx512bw, avx512cd, avx512dq, avx512f, avx512vl")
                .contains("h2 lacks", "h3 lacks");
        assertThat(cluster().cpuBaseline()).isEmpty();
    }

    @Test
    void auto_takes_the_best_that_all_hosts_can_give() {
        assertThat(set("auto").cpuBaseline()).isEqualTo("x86-64-v3");
        can(TWO, "Penryn");
        assertThat(set("auto").cpuBaseline()).isEqualTo("Penryn");
    }

    @Test
    void a_level_nobody_knows_and_a_stale_version_are_refused() {
        assertThat(refused(FaultCode.REQUEST_INVALID, () -> set("x86-64-v9"))).contains("x86-64-v3", "Nehalem");
        assertThat(refused(FaultCode.VERSION_CONFLICT, () -> admin.update("ada", "prod", 99, "none")))
                .contains("read it again");
    }

    @Test
    void a_host_that_has_not_told_keeps_its_cluster_from_any_level() {
        datacenter.tell(THREE, GuestMachines.UNKNOWN);
        assertThat(refused(FaultCode.HOST_INCOMPATIBLE, () -> set("x86-64-v2")))
                .contains("h3 lacks", "update its agent");
    }

    @Test
    void a_raised_level_counts_from_the_next_power_on_and_it_is_told_who_waits() {
        created("web-1", "h1");
        created("web-2", "h2");
        server.succeed(server.vms.powerOff(ADA, "web-2"));
        assertThat(cpuOf("web-1")).isEqualTo("Nehalem");
        set("x86-64-v3");
        assertThat(waits("web-1")).isTrue();
        assertThat(waits("web-2")).isFalse();
        assertThat(CpuNeeds.waiting(datacenter.snapshot(), cluster()))
                .extracting(VirtualMachine::name)
                .containsExactly("web-1");
        assertThat(datacenter.inventory().events(EventQuery.after(0, 1000)))
                .filteredOn(event -> event.type() == EventType.CLUSTER_CPU_BASELINE_CHANGED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("x86-64-v3", "1 virtual machines"));

        server.succeed(server.migrations.migrate(ADA, new MigrationRequest("web-1", "h3", 0, 0)));
        assertThat(cpuOf("web-1")).isEqualTo("Nehalem");
        assertThat(waits("web-1")).isTrue();

        restart("web-1");
        assertThat(CpuModelTable.featuresOf(cpuOf("web-1")).orElseThrow()).contains("avx2", "bmi2", "fma");
        assertThat(waits("web-1")).isFalse();
    }

    @Test
    void the_level_a_guest_has_already_makes_nobody_wait() {
        created("web-1", "h1");
        set("x86-64-v2"); // Nehalem by another name
        assertThat(waits("web-1")).isFalse();
    }

    @Test
    void a_level_below_what_guests_run_with_is_refused_by_their_names_until_they_are_off() {
        set("x86-64-v3");
        created("web-1", "h1");
        assertThat(refused(FaultCode.VM_WRONG_POWER_STATE, () -> set("x86-64-v2")))
                .contains("web-1 runs with", "avx2", "power it off first");
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        assertThat(set("x86-64-v2").cpuBaseline()).isEqualTo("x86-64-v2");
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(cpuOf("web-1")).isEqualTo("Nehalem");
    }

    @Test
    void a_suspended_guest_may_have_more_than_a_lower_level_and_no_more_than_a_higher_one() {
        set("x86-64-v2");
        created("web-1", "h1");
        server.succeed(server.vms.suspend(ADA, "web-1"));
        assertThat(set("x86-64-v3").cpuBaseline()).isEqualTo("x86-64-v3");
        assertThat(refused(FaultCode.VM_WRONG_POWER_STATE, () -> set("Penryn"))).contains("web-1 is suspended");
    }

    @Test
    void without_a_level_each_host_chooses_again() {
        set("x86-64-v3");
        created("web-1", "h1");
        set("none");
        restart("web-1");
        assertThat(cpuOf("web-1")).isEqualTo("Nehalem");
        assertThat(cluster().cpuBaseline()).isEmpty();
    }

    @Test
    void a_vm_may_have_a_lower_level_of_its_own_and_no_higher_one() {
        set("x86-64-v3");
        created("web-1", "h1");
        own("web-1", "penryn");
        assertThat(vm("web-1").config().cpuBaseline()).isEqualTo("Penryn");
        assertThat(waits("web-1")).isTrue();
        restart("web-1");
        assertThat(cpuOf("web-1")).isEqualTo("Penryn");
        assertThat(refused(FaultCode.CONFIG_INVALID, () -> own("web-1", "x86-64-v4")))
                .contains("avx512f", "beyond");
        own("web-1", "none");
        assertThat(waits("web-1")).isTrue();
    }

    @Test
    void a_cluster_is_not_lowered_below_the_level_that_one_of_its_vms_has_of_its_own() {
        created("web-1", "h1");
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        own("web-1", "x86-64-v3");
        assertThat(refused(FaultCode.VM_WRONG_POWER_STATE, () -> set("x86-64-v2")))
                .contains("web-1 has a CPU baseline of its own");
    }

    @Test
    void a_vm_is_powered_on_only_where_its_level_can_be_given_and_its_guest_goes_nowhere_else() {
        can(ONE, "Penryn");
        can(TWO, "Penryn");
        created("web-1", "h3");
        server.succeed(server.vms.powerOff(ADA, "web-1"));
        own("web-1", "x86-64-v3");
        server.succeed(server.vms.powerOn(ADA, "web-1"));
        assertThat(vm("web-1").hostId()).isEqualTo(THREE);
        assertThat(refused(
                        FaultCode.HOST_INCOMPATIBLE,
                        () -> server.migrations.migrate(ADA, new MigrationRequest("web-1", "h2", 0, 0))))
                .contains("h2 lacks", "avx2");
        assertThat(server.migrations
                        .check(new MigrationRequest("web-1", "", 0, 0))
                        .hosts())
                .allSatisfy(host -> assertThat(host.obstacles())
                        .singleElement()
                        .satisfies(reason -> assertThat(reason).contains("avx2")));

        server.succeed(server.vms.powerOff(ADA, "web-1"));
        can(THREE, "Penryn");
        var task = server.finish(server.vms.powerOn(ADA, "web-1"));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(String.valueOf(task.summary().fault())).contains("CPU baseline x86-64-v3");
    }

    @Test
    void a_host_that_lacks_features_of_the_level_does_not_join() {
        set("x86-64-v3");
        Host host = datacenter.snapshot().get(TWO);
        CpuBaselineAdmin.requireMayJoin(datacenter.snapshot(), host, Accelerator.TCG, giving("x86-64-v3"));
        assertThat(refused(
                        FaultCode.HOST_INCOMPATIBLE,
                        () -> CpuBaselineAdmin.requireMayJoin(
                                datacenter.snapshot(), host, Accelerator.TCG, giving("Westmere"))))
                .contains("h2 cannot join prod", "avx2", "x86-64-v3");
        assertThat(refused(
                        FaultCode.HOST_INCOMPATIBLE,
                        () -> CpuBaselineAdmin.requireMayJoin(
                                datacenter.snapshot(), host, Accelerator.TCG, GuestMachines.UNKNOWN)))
                .contains("update its agent");
        set("none");
        CpuBaselineAdmin.requireMayJoin(datacenter.snapshot(), host, Accelerator.TCG, GuestMachines.UNKNOWN);
    }
}
