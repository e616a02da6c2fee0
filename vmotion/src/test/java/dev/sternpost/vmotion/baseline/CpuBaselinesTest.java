package dev.sternpost.vmotion.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CpuBaselinesTest {
    private static CpuLevel level(String name) {
        return CpuBaselines.find(name).orElseThrow();
    }

    private static HostFacts host(Accelerator accelerator, String vendor, Iterable<String> features) {
        List<String> all = new ArrayList<>();
        features.forEach(all::add);
        return new HostFacts(
                "cpu",
                4,
                2000,
                1L << 30,
                accelerator,
                "",
                "7.2",
                "0.1",
                "",
                List.of(),
                new GuestMachines(List.of(), Map.of(), all, vendor));
    }

    @Test
    void each_level_of_the_abi_has_all_of_the_one_below() {
        assertThat(level("x86-64-v3").features())
                .containsAll(level("x86-64-v2").features())
                .contains("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave");
        assertThat(level("x86-64-v4").features())
                .containsAll(level("x86-64-v3").features())
                .contains("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");
        assertThat(level("X86-64-V2").features()).contains("cx16", "lahf-lm", "popcnt", "sse4.1", "sse4.2", "ssse3");
    }

    @Test
    void what_a_host_lacks_is_named() {
        HostFacts host = host(Accelerator.TCG, "", level("Penryn").features());
        assertThat(CpuBaselines.shortfall(host, level("x86-64-v2"))).containsExactly("popcnt", "sse4.2");
        assertThat(CpuBaselines.shortfall(host, level("Penryn"))).isEmpty();
        assertThat(CpuBaselines.missing(host.guestMachines(), "Penryn,+avx,-cx16"))
                .hasValue(List.of("avx"));
    }

    @Test
    void what_a_host_tells_of_models_counts_while_it_does_not_tell_of_features() {
        GuestMachines old = new GuestMachines(List.of(), Map.of("Haswell", List.of("rtm")));
        assertThat(CpuBaselines.missing(old, "Haswell")).hasValue(List.of("rtm"));
        assertThat(CpuBaselines.missing(old, "Nehalem,+avx")).isEmpty();
    }

    @Test
    void where_the_hosts_cpu_runs_the_guest_its_vendor_must_be_the_levels() {
        HostFacts amd = host(Accelerator.KVM, "AuthenticAMD", CpuModelTable.features());
        assertThat(CpuBaselines.shortfall(amd, level("Nehalem"))).isNotEmpty();
        assertThat(CpuBaselines.shortfall(amd, level("EPYC"))).isEmpty();
        assertThat(CpuBaselines.shortfall(amd, level("x86-64-v4"))).isEmpty();
        assertThat(CpuBaselines.shortfall(
                        host(Accelerator.TCG, "AuthenticAMD", CpuModelTable.features()), level("Nehalem")))
                .isEmpty();
    }

    @Test
    void the_best_level_suits_every_host_and_none_with_more_features_does() {
        Property.holds("the best baseline", random -> {
            List<HostFacts> hosts = new ArrayList<>();
            for (int i = random.between(1, 5); i > 0; i--) {
                CpuLevel base = CpuBaselines.levels()
                        .get(random.between(0, CpuBaselines.levels().size() - 1));
                TreeSet<String> features = new TreeSet<>(base.features());
                features.removeIf(feature -> random.between(0, 200) == 0);
                hosts.add(host(Accelerator.TCG, "", features));
            }
            var best = CpuBaselines.best(hosts);
            List<CpuLevel> suit = CpuBaselines.levels().stream()
                    .filter(level -> hosts.stream()
                            .allMatch(
                                    host -> CpuBaselines.shortfall(host, level).isEmpty()))
                    .toList();
            assertThat(best.isPresent()).isEqualTo(!suit.isEmpty());
            best.ifPresent(one -> {
                assertThat(suit).contains(one);
                assertThat(suit)
                        .allSatisfy(other -> assertThat(other.features().size())
                                .isLessThanOrEqualTo(one.features().size()));
            });
            List<HostFacts> more = new ArrayList<>(hosts);
            more.add(host(Accelerator.TCG, "", level("Penryn").features()));
            int before = best.map(one -> one.features().size()).orElse(0);
            assertThat(CpuBaselines.best(more).map(one -> one.features().size()).orElse(0))
                    .as("another host never raises it")
                    .isLessThanOrEqualTo(before);
        });
    }

    @Test
    void of_equal_levels_the_one_of_the_abi_is_named() {
        assertThat(CpuBaselines.best(
                        List.of(host(Accelerator.TCG, "", level("Nehalem").features()))))
                .hasValue(level("x86-64-v2"));
    }

    @Test
    void what_a_guest_has_beyond_a_level_is_named_and_a_cpu_nobody_knows_is_not_judged() {
        assertThat(CpuBaselines.beyond("Westmere", level("Nehalem"))).hasValue(List.of("aes", "arat", "pclmulqdq"));
        assertThat(CpuBaselines.beyond("Penryn", level("Nehalem"))).hasValue(List.of());
        assertThat(CpuBaselines.beyond("host,migratable=off", level("Nehalem"))).isEmpty();
        assertThat(CpuBaselines.same("Nehalem,+popcnt", "Nehalem")).isTrue();
        assertThat(CpuBaselines.same("Nehalem", "Penryn")).isFalse();
        assertThat(CpuBaselines.same("host", "host")).isTrue();
    }
}
