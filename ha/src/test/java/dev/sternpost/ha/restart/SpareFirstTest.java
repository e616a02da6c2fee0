package dev.sternpost.ha.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.restart.RestartPlacement.Choice;
import dev.sternpost.ha.restart.RestartPlacement.Request;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpareFirstTest {
    private static final HostId ROOMY = HostId.of(1);
    private static final HostId SPARE = HostId.of(2);
    private static final Choice ON_SPARE = new Choice.On(SPARE);
    private static final Choice ON_ROOMY = new Choice.On(ROOMY);

    private final List<MemberHost> hosts = new ArrayList<>();
    private final List<ProtectedVm> vms = new ArrayList<>();
    private final TreeMap<HostId, Collection<VmEntry>> entries = new TreeMap<>();
    private final List<Request> requests = new ArrayList<>();

    private void hosts(long roomy, long spare) {
        hosts.add(new MemberHost(ROOMY, roomy, 0, true));
        hosts.add(new MemberHost(SPARE, spare, 0, true, true));
    }

    private void wanted(long bytes, HostId... avoided) {
        ProtectedVm vm = ProtectedVm.usual(VirtualMachineId.of(vms.size() + 1), bytes);
        vms.add(vm);
        requests.add(new Request(vm, new TreeSet<>(Set.of(avoided))));
    }

    private List<Choice> placed() {
        Fleet fleet = new Fleet(
                ClusterConfig.of(1, HaTiming.DEFAULT, hosts, vms),
                new TreeSet<>(Set.of(ROOMY, SPARE)),
                new TreeMap<>(),
                entries);
        return new SpareFirst(new MostRoom()).place(requests, fleet);
    }

    @Test
    void what_has_room_on_a_spare_host_starts_there() {
        hosts(1_000, 100);
        wanted(60);
        wanted(40);
        assertThat(placed()).containsExactly(ON_SPARE, ON_SPARE);
    }

    @Test
    void the_rest_starts_elsewhere_beside_it() {
        hosts(100, 100);
        wanted(60);
        wanted(60);
        wanted(40);
        assertThat(placed()).containsExactly(ON_SPARE, ON_ROOMY, ON_SPARE);
    }

    @Test
    void a_spare_host_that_failed_with_it_is_not_tried_again_while_there_is_another() {
        hosts(100, 100);
        wanted(60, SPARE);
        assertThat(placed()).containsExactly(ON_ROOMY);
    }

    @Test
    void nobody_is_left_out_for_the_sake_of_a_spare_host() {
        // Spare first would give 30 and 30 to the spare host, and leave 50 without.
        hosts(60, 60);
        wanted(30);
        wanted(30);
        wanted(50);
        assertThat(placed()).allMatch(Choice.On.class::isInstance);
        requests.clear();
        vms.clear();
        wanted(10);
        wanted(60);
        wanted(50);
        assertThat(placed()).allMatch(Choice.On.class::isInstance);
    }

    @Test
    void what_runs_on_the_spare_host_takes_its_room() {
        hosts(100, 100);
        wanted(60);
        vms.add(ProtectedVm.usual(VirtualMachineId.of(9), 50));
        entries.put(SPARE, List.of(new VmEntry(VirtualMachineId.of(9), 1, VmEntry.Phase.RUNNING)));
        assertThat(placed()).containsExactly(ON_ROOMY);
        assertThat(Objects.requireNonNull(entries.get(SPARE))).hasSize(1);
    }
}
