package dev.sternpost.server.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CounterTest {
    private static final Path PAGE = Path.of(System.getProperty("sternpost.root", ".."), "docs", "statistics.md");

    private static final Sample VM = new Sample.Figures(20_000)
            .with(Meter.CPU_COUNT, 2)
            .with(Meter.CPU_MHZ, 2_400)
            .with(Meter.CPU_USED_MILLIS, 10_000)
            .with(Meter.CPU_READY_MILLIS, 2_000)
            .with(Meter.CPU_LIMITED_MILLIS, 500)
            .with(Meter.CPU_ENTITLED_PERMILLE, 500)
            .with(Meter.MEMORY_KIB, 1 << 20)
            .with(Meter.MEMORY_CONSUMED_KIB, 900_000)
            .with(Meter.MEMORY_ACTIVE_KIB, 1 << 18)
            .with(Meter.DISK_READ_KIB, 20 << 10)
            .with(Meter.DISK_WRITE_KIB, 10 << 10)
            .with(Meter.DISK_READS, 400)
            .with(Meter.DISK_WRITES, 200)
            .with(Meter.CPU_PRESSURE_MICROS, 5_000_000)
            .at(1);

    private static double of(Sample sample, Counter counter) {
        return sample.value(counter).orElse(Double.NaN);
    }

    @Test
    void figures_of_a_vm_become_the_counters_people_know() {
        assertThat(of(VM, Counter.CPU_USAGE)).isEqualTo(25);
        assertThat(of(VM, Counter.CPU_USAGE_MHZ)).isEqualTo(1_200);
        assertThat(of(VM, Counter.CPU_USED)).isEqualTo(10_000);
        assertThat(of(VM, Counter.CPU_READY)).isEqualTo(2_000);
        assertThat(of(VM, Counter.CPU_READINESS)).isEqualTo(5);
        assertThat(of(VM, Counter.CPU_LIMITED)).isEqualTo(500);
        assertThat(of(VM, Counter.CPU_DEMAND)).isEqualTo(1_440);
        assertThat(of(VM, Counter.CPU_ENTITLEMENT)).isEqualTo(1_200);
        assertThat(of(VM, Counter.MEMORY_CONSUMED)).isEqualTo(900_000);
        assertThat(of(VM, Counter.MEMORY_USAGE)).isEqualTo(25);
        assertThat(of(VM, Counter.DISK_READ)).isEqualTo(1_024);
        assertThat(of(VM, Counter.DISK_USAGE)).isEqualTo(1_536);
        assertThat(of(VM, Counter.DISK_READS)).isEqualTo(20);
        assertThat(of(VM, Counter.CPU_PRESSURE)).isEqualTo(25, within(1e-9));
    }

    @Test
    void a_host_has_capacity_and_uses_memory_that_is_not_free() {
        Sample host = new Sample.Figures(10_000)
                .with(Meter.CPU_COUNT, 4)
                .with(Meter.CPU_MHZ, 3_000)
                .with(Meter.CPU_USED_MILLIS, 30_000)
                .with(Meter.CPU_STOLEN_MILLIS, 400)
                .with(Meter.MEMORY_KIB, 1_000)
                .with(Meter.MEMORY_CONSUMED_KIB, 300)
                .at(1);

        assertThat(of(host, Counter.CPU_CAPACITY)).isEqualTo(12_000);
        assertThat(of(host, Counter.CPU_USAGE)).isEqualTo(75);
        assertThat(of(host, Counter.CPU_USAGE_MHZ)).isEqualTo(9_000);
        assertThat(of(host, Counter.CPU_STEAL)).isEqualTo(1);
        assertThat(of(host, Counter.MEMORY_USAGE)).isEqualTo(30);
    }

    @Test
    void what_was_not_measured_has_no_value_and_spreads_to_what_is_made_of_it() {
        assertThat(VM.value(Counter.NET_RECEIVED)).isEmpty();
        assertThat(VM.value(Counter.NET_USAGE)).isEmpty();
        assertThat(new Sample.Figures(20_000)
                        .with(Meter.CPU_USED_MILLIS, 5)
                        .at(1)
                        .value(Counter.CPU_USAGE_MHZ))
                .isEqualTo(OptionalDouble.empty());
    }

    @Test
    void counters_are_found_by_the_names_they_have() {
        for (Counter counter : Counter.values()) {
            assertThat(Counter.named(counter.counterName())).isEqualTo(counter);
            assertThat(counter.counterName()).matches("(cpu|mem|disk|net)\\.[a-zA-Z]+\\.(average|summation|latest)");
        }
        assertThatThrownBy(() -> Counter.named("cpu.usage"))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(FaultCode.REQUEST_INVALID));
    }

    @Test
    void only_hosts_and_vms_have_counters() {
        for (ObjectKind kind : ObjectKind.values()) {
            boolean measured = kind == ObjectKind.HOST || kind == ObjectKind.VIRTUAL_MACHINE;
            assertThat(Counter.of(kind).isEmpty()).as("%s", kind).isNotEqualTo(measured);
        }
    }

    @Test
    void the_page_tells_of_every_counter_with_its_unit() throws IOException {
        List<String> rows = Files.readAllLines(PAGE);

        assertThat(Arrays.stream(Counter.values())
                        .map(counter -> "| `%s` | %s |"
                                .formatted(counter.counterName(), counter.unit().word()))
                        .filter(begin -> rows.stream().noneMatch(row -> row.startsWith(begin))))
                .as("not on the page")
                .isEmpty();
        assertThat(rows.stream().filter(row -> row.startsWith("| `"))).hasSize(Counter.values().length);
    }
}
