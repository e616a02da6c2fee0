package dev.sternpost.ha.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.admission.AdmissionVerdict.Admitted;
import dev.sternpost.ha.admission.AdmissionVerdict.WouldBreakFailover;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.rehearsal.FailoverRehearsal;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long GIB = 1L << 30;

    private final Admission admission = new Admission(new MostRoom());

    /** Hosts of 16 GiB and 1,000 MHz, each with virtual machines of these sizes in GiB. */
    private static Layout layout(int[]... sizes) {
        List<MemberHost> hosts = new ArrayList<>();
        List<ProtectedVm> vms = new ArrayList<>();
        TreeMap<VirtualMachineId, HostId> running = new TreeMap<>();
        for (int host = 1; host <= sizes.length; host++) {
            hosts.add(new MemberHost(HostId.of(host), 16 * GIB, 1_000, true));
            for (int size : sizes[host - 1]) {
                VirtualMachineId id = VirtualMachineId.of(vms.size() + 1);
                vms.add(ProtectedVm.usual(id, size * GIB));
                running.put(id, HostId.of(host));
            }
        }
        return new Layout(ClusterConfig.of(1, HaTiming.DEFAULT, hosts, vms), running);
    }

    @Test
    void a_failure_that_could_not_be_answered_is_refused_with_the_numbers() {
        Layout full = layout(new int[] {8, 4}, new int[] {8, 4}, new int[] {8, 2});
        assertThat(admission.check(full, new AdmissionPolicy.HostFailures(1)))
                .isEqualTo(new WouldBreakFailover(
                        "If host-1 failed, 1 of 2 virtual machines would not start elsewhere: vm-1 of 8192 MiB,"
                                + " since no host has 8192 MiB and 0 MHz left."));
        assertThat(admission.failuresAbsorbed(full)).isZero();
        Layout roomy = layout(new int[] {4, 2}, new int[] {4}, new int[] {4});
        assertThat(admission.check(roomy, new AdmissionPolicy.HostFailures(2))).isEqualTo(new Admitted());
        assertThat(admission.failuresAbsorbed(roomy)).isEqualTo(2);
        assertThat(admission.check(roomy, new AdmissionPolicy.HostFailures(3)))
                .isEqualTo(new WouldBreakFailover("3 host failures are to be tolerated, and only 3 hosts are in use."));
    }

    @Test
    void a_share_is_kept_free() {
        Layout layout = layout(new int[] {12}, new int[] {12});
        assertThat(admission.check(layout, new AdmissionPolicy.Percentage(25, 0)))
                .isEqualTo(new Admitted());
        assertThat(admission.check(layout, new AdmissionPolicy.Percentage(30, 0)))
                .isEqualTo(
                        new WouldBreakFailover(
                                "24576 of 32768 MiB would be given away; 30 % are kept free, so that at most 22937 MiB may be."));
    }

    @Test
    void dedicated_hosts_run_nothing_and_hold_what_any_other_ran() {
        Layout layout = layout(new int[] {8, 8}, new int[] {4}, new int[] {});
        AdmissionPolicy third = new AdmissionPolicy.DedicatedHosts(new TreeSet<>(Set.of(HostId.of(3))));
        assertThat(admission.check(layout, third)).isEqualTo(new Admitted());
        assertThat(admission.check(layout.with(VirtualMachineId.of(3), HostId.of(3)), third))
                .isEqualTo(new WouldBreakFailover(
                        "host-3 is to be kept free for a failover; vm-3 does not belong there."));
        Layout much = layout(new int[] {8, 8, 1}, new int[] {}, new int[] {});
        assertThat(admission.check(much, third))
                .isEqualTo(new WouldBreakFailover(
                        "If host-1 failed, 1 of its 3 virtual machines would not fit on host-3."));
    }

    @Test
    void what_is_admitted_starts_again_whichever_hosts_fail() {
        Property.holds("admission keeps its promise", 60, random -> {
            int hosts = random.between(2, 5);
            int[][] sizes = new int[hosts][];
            for (int host = 0; host < hosts; host++) {
                sizes[host] = random.listOf(random.between(0, 4), r -> r.between(1, 5)).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
            Layout layout = layout(sizes);
            int absorbed = admission.failuresAbsorbed(layout);
            boolean any = false;
            for (int failures = 1; failures < hosts; failures++) {
                boolean lost = false;
                for (int mask = 1; mask < 1 << hosts; mask++) {
                    if (Integer.bitCount(mask) == failures) {
                        lost |= !FailoverRehearsal.plan(layout, failed(mask), new MostRoom())
                                .stranded()
                                .isEmpty();
                    }
                }
                any |= lost;
                assertThat(absorbed >= failures).isEqualTo(!any);
            }
        });
    }

    private static Set<HostId> failed(int mask) {
        TreeSet<HostId> failed = new TreeSet<>();
        for (int host = 0; mask >> host > 0; host++) {
            if ((mask >> host & 1) == 1) {
                failed.add(HostId.of(host + 1));
            }
        }
        return failed;
    }

    @Test
    void a_large_cluster_is_looked_at_in_bounded_time() {
        Generator random = new Generator(7);
        int[][] sizes = new int[40][];
        for (int host = 0; host < sizes.length; host++) {
            sizes[host] = new int[] {random.between(1, 4), random.between(1, 4)};
        }
        assertThat(admission.failuresAbsorbed(layout(sizes))).isGreaterThan(2);
    }
}
