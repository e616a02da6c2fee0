package dev.sternpost.server.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations.Promise;
import dev.sternpost.task.TaskId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is kept up to date beside what is worked out from all there is. */
class StandingClustersTest {
    private static final Caller ADA = Caller.named("ada");
    private static final List<HostId> ALL =
            List.of(SimulatedDatacenter.ONE, SimulatedDatacenter.TWO, SimulatedDatacenter.THREE);
    private static final long MIB = 1L << 20;
    private static final int VMS = 12;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private int scoresCompared;

    private void make(String name, int cpuCount, long memoryMib, boolean on) {
        ConfigWish wish = new ConfigWish(cpuCount, memoryMib * MIB, null, List.of(), List.of(), "");
        server.finish(server.vms.create(ADA, new CreateRequest(name, "", "", "", "", wish, on)));
    }

    private List<VirtualMachine> vms(PowerState state) {
        return datacenter.snapshot().objects(VirtualMachine.class).stream()
                .filter(vm -> vm.powerState() == state && !vm.template())
                .toList();
    }

    private Optional<List<HostVerdict>> standing(VirtualMachine vm) {
        return datacenter.placements().standing(datacenter.snapshot(), Newcomer.of(vm), ALL);
    }

    /** Of all that are off. */
    private void compare(boolean scores) {
        InventorySnapshot snapshot = datacenter.snapshot();
        for (VirtualMachine vm : vms(PowerState.POWERED_OFF)) {
            Newcomer newcomer = Newcomer.of(vm);
            boolean promised = datacenter.reservations().open(snapshot).stream()
                    .anyMatch(promise -> promise.vm().id().equals(vm.id()));
            Optional<List<HostVerdict>> kept = standing(vm);
            assertThat(kept.isPresent()).isNotEqualTo(promised);
            kept.ifPresent(verdicts -> compare(verdicts, newcomer, scores));
        }
    }

    private void compare(List<HostVerdict> verdicts, Newcomer newcomer, boolean scores) {
        List<HostVerdict> exact = datacenter.placements().verdicts(datacenter.snapshot(), newcomer, ALL).stream()
                .sorted(Comparator.comparing(HostVerdict::hostId))
                .toList();
        List<HostVerdict> ours = verdicts.stream()
                .sorted(Comparator.comparing(HostVerdict::hostId))
                .toList();
        assertThat(ours).hasSameSizeAs(exact);
        for (int i = 0; i < exact.size(); i++) {
            HostVerdict one = exact.get(i);
            assertThat(ours.get(i).hostId()).isEqualTo(one.hostId());
            assertThat(ours.get(i).obstacles()).isEqualTo(one.obstacles());
            if (scores && one.feasible()) {
                scoresCompared++;
                assertThat(ours.get(i).score()).isEqualTo(one.score(), within(1e-9));
            }
        }
    }

    @Test
    void it_thinks_the_same_of_hosts_as_who_looks_at_everything() {
        for (int i = 0; i < VMS; i++) {
            make("vm-" + i, 1 + i % 3, 200 + 100L * (i % 5), i % 3 == 0);
        }
        Random random = new Random(20_261);
        for (int step = 0; step < 60; step++) {
            change(random, step);
            InventorySnapshot snapshot = datacenter.snapshot();
            // Someone who leaves makes its host smaller for who looks at everything, and fuller here: room is the same,
            // its use is not.
            boolean nobodyLeaves = datacenter.reservations().open(snapshot).stream()
                    .noneMatch(promise -> snapshot.find(promise.vm().id())
                            .filter(vm -> vm.powerState() == PowerState.POWERED_ON)
                            .isPresent());
            // Where there is not enough, who looks at everything gives each its part anew.
            boolean enough = ALL.stream().allMatch(host -> snapshot.get(host).mode() == HostMode.NORMAL);
            compare(nobodyLeaves && enough);
        }
        assertThat(scoresCompared).isGreaterThan(50);
    }

    private void change(Random random, int step) {
        List<VirtualMachine> on = vms(PowerState.POWERED_ON);
        List<VirtualMachine> off = vms(PowerState.POWERED_OFF);
        HostId host = ALL.get(random.nextInt(ALL.size()));
        TaskId task = new TaskId(1_000_000 + random.nextInt(3));
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                if (!off.isEmpty()) {
                    server.finish(server.vms.powerOn(ADA, any(off, random).id().value()));
                }
            }
            case 2 -> {
                if (!on.isEmpty()) {
                    server.finish(server.vms.powerOff(ADA, any(on, random).id().value()));
                }
            }
            case 3 -> make("new-" + step, 1, 128, random.nextBoolean());
            case 4 -> datacenter.reservations().release(task);
            case 5 -> {
                List<VirtualMachine> either = random.nextBoolean() && !on.isEmpty() ? on : off;
                if (!either.isEmpty()) {
                    datacenter.reservations().hold(task, new Promise(host, Newcomer.of(any(either, random))));
                }
            }
            default -> {
                HostMode mode = host.equals(SimulatedDatacenter.ONE) || random.nextBoolean()
                        ? HostMode.NORMAL
                        : HostMode.MAINTENANCE;
                datacenter
                        .inventory()
                        .commit((InventorySnapshot snapshot) -> InventoryWrite.builder()
                                .put(snapshot.get(host).withMode(mode))
                                .build());
            }
        }
    }

    private static VirtualMachine any(List<VirtualMachine> vms, Random random) {
        return vms.get(random.nextInt(vms.size()));
    }

    @Test
    void who_is_named_in_a_rule_or_runs_takes_a_look_at_everything() {
        make("free", 1, 128, false);
        make("web-1", 1, 128, false);
        make("web-2", 1, 128, true);
        make("runs", 1, 128, true);
        assertThat(standing(vm("web-1"))).isPresent();
        new ClusterRulesAdmin(datacenter.inventory())
                .create(
                        ADA,
                        "prod",
                        new ClusterRulesAdmin.VmRuleWish(
                                "apart", true, VmAffinity.KEEP_APART, List.of("web-1", "web-2")));
        assertThat(standing(vm("free"))).isPresent();
        assertThat(standing(vm("web-1"))).isEmpty();
        assertThat(standing(vm("runs"))).isEmpty();
    }

    private VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }
}
