package dev.sternpost.server.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.drs.snapshot.HostContention;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.demand.InMemoryDemandStore;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.statistics.HostMeasurement;
import dev.sternpost.server.statistics.Meter;
import dev.sternpost.server.statistics.Sample.Figures;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A VM of two CPUs of 2000 MHz and 256 MiB on one host. */
class DemandModelsTest {
    private static final HostId ONE = SimulatedDatacenter.ONE;
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final int MHZ = 2_000;
    private static final int CPUS = 2;
    private static final long MEMORY_KIB = 256 << 10;

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final Statistics statistics = new Statistics(datacenter.inventory(), datacenter.loop(), INTERVAL);
    private final DemandStore store = new InMemoryDemandStore();
    private final DemandModels models = new DemandModels(statistics, store);
    private VirtualMachine vm;
    private long reports;

    @BeforeEach
    void a_vm() {
        SimulatedDatacenter.Server server = datacenter.server();
        ConfigWish wish = new ConfigWish(CPUS, MEMORY_KIB << 10, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(
                Caller.named("ada"), new CreateRequest("web-1", "", ONE.value(), "", "", wish, true)));
        vm = datacenter.snapshot().resolve("web-1", VirtualMachine.class);
    }

    private void report(int intervals, long mhz, long stealPercent) {
        for (int i = 0; i < intervals; i++) {
            boolean[] over = {false};
            datacenter.loop().schedule(INTERVAL, () -> over[0] = true);
            datacenter.loop().runUntil("time passes", () -> over[0]);
            reports++;
            Figures host = figures(0).with(Meter.CPU_STOLEN_MILLIS, CPUS * INTERVAL.toMillis() * stealPercent / 100);
            statistics.measured(ONE, 1, new HostMeasurement(reports, 0, host, Map.of(vm.id(), figures(mhz))));
        }
    }

    private static Figures figures(long mhz) {
        return new Figures(INTERVAL.toMillis())
                .with(Meter.CPU_COUNT, CPUS)
                .with(Meter.CPU_MHZ, MHZ)
                .with(Meter.CPU_USED_MILLIS, mhz * INTERVAL.toMillis() / MHZ)
                .with(Meter.CPU_READY_MILLIS, 0)
                .with(Meter.MEMORY_KIB, MEMORY_KIB)
                .with(Meter.MEMORY_ACTIVE_KIB, MEMORY_KIB / 2);
    }

    private VmDemand demand() {
        return models.of(vm.id(), vm.config(), MHZ, true);
    }

    @Test
    void a_vm_that_was_never_measured_is_taken_for_moderately_busy() {
        assertThat(demand().cpuMhz()).isEqualTo(0.25 * CPUS * MHZ);
        assertThat(models.of(ONE)).isEqualTo(HostContention.NONE);
    }

    @Test
    void a_load_that_has_come_to_stay_is_believed_and_a_single_spike_is_not() {
        report(15, 400, 0);
        assertThat(demand().cpuMhz()).isCloseTo(400, within(1.0));
        report(1, 4_000, 0);
        assertThat(demand().cpuMhz()).isLessThan(2_000);
        report(15, 4_000, 0);
        assertThat(demand().cpuMhz()).isGreaterThan(3_900);
    }

    @Test
    void each_sample_counts_once_however_often_is_asked() {
        report(5, 400, 0);
        report(1, 4_000, 0);
        VmDemand first = demand();
        assertThat(demand()).isEqualTo(first);
        assertThat(demand()).isEqualTo(first);
    }

    @Test
    void what_a_host_lacks_counts_from_a_mark_on() {
        report(10, 400, 4);
        assertThat(models.of(ONE)).isEqualTo(HostContention.NONE);
        report(30, 400, 30);
        assertThat(models.of(ONE).cpuStealPart()).isCloseTo(0.3, within(0.02));
    }

    @Test
    void what_was_learnt_outlives_the_server_and_what_is_gone_is_forgotten() {
        report(15, 4_000, 0);
        VmDemand before = demand();
        models.keep();
        report(1, 4_000, 0);
        demand();
        models.keep();

        Statistics empty = new Statistics(datacenter.inventory(), datacenter.loop(), INTERVAL);
        DemandModels next = new DemandModels(empty, store);
        assertThat(next.of(vm.id(), vm.config(), (int) MHZ, true).cpuMhz())
                .isCloseTo(before.cpuMhz(), within(before.cpuMhz() / 20));

        SimulatedDatacenter.Server server = datacenter.server();
        Caller ada = Caller.named("ada");
        server.succeed(server.vms.powerOff(ada, "web-1"));
        server.succeed(server.vms.delete(ada, "web-1"));
        next.keepThoseOf(datacenter.snapshot());
        next.keep();
        store.forEach((id, model) -> fail(id + " is still kept"));
    }

    @Test
    void what_cannot_be_read_is_learnt_anew() {
        store.save(Map.of(vm.id(), new byte[] {7}));
        assertThat(demand().cpuMhz()).isEqualTo(0.25 * CPUS * MHZ);
        models.keep();
        store.forEach((id, model) -> fail(id + " is still kept"));
        report(3, 400, 0);
        assertThat(demand().cpuMhz()).isCloseTo(400, within(1.0));
        models.keep();
        int[] kept = {0};
        store.forEach((id, model) -> kept[0]++);
        assertThat(kept[0]).isEqualTo(1);
    }
}
