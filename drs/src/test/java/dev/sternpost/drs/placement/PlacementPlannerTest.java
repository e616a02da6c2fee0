package dev.sternpost.drs.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementPlannerTest {
    private static final long GIB = 1L << 30;
    private static final DatastoreId DATASTORE = new DatastoreId("datastore-1");
    private static final NetworkId NETWORK = new NetworkId("network-1");

    private static Host host(int number, long memoryBytes) {
        HostFacts facts = new HostFacts("cpu", 8, 2000, memoryBytes, Accelerator.TCG, "", "7.2", "0.1", "", List.of());
        return Host.create(new HostId("host-" + number), "host-" + number, new ClusterId("domain-c1"))
                .withConnection(HostConnectionState.CONNECTED, 1, null)
                .withReport(facts, List.of(DATASTORE), List.of(NETWORK));
    }

    private static PlacementRequest request(int cpuCount, long memoryBytes) {
        return new PlacementRequest(cpuCount, memoryBytes, DATASTORE, Set.of(NETWORK), Set.of());
    }

    @Test
    void the_least_loaded_host_is_chosen_and_ties_go_to_the_lower_id() {
        List<HostLoad> hosts = List.of(
                new HostLoad(host(3, 16 * GIB), 0, 0),
                new HostLoad(host(2, 16 * GIB), 0, 0),
                new HostLoad(host(1, 16 * GIB), 4, 4 * GIB));
        assertThat(PlacementPlanner.place(request(1, GIB), hosts))
                .isInstanceOfSatisfying(
                        Placement.Placed.class,
                        placed -> assertThat(placed.hostId().value()).isEqualTo("host-2"));
    }

    @Test
    void every_reason_is_given_for_every_host() {
        Host disconnected = host(1, GIB)
                .withConnection(HostConnectionState.NOT_RESPONDING, 1, null)
                .withInMaintenance(true);
        Host elsewhere = Host.create(new HostId("host-2"), "host-2", new ClusterId("domain-c1"))
                .withConnection(HostConnectionState.CONNECTED, 1, null);
        Placement placement = PlacementPlanner.place(
                request(16, 4 * GIB), List.of(new HostLoad(disconnected, 0, 0), new HostLoad(elsewhere, 0, 0)));
        assertThat(placement)
                .isInstanceOfSatisfying(
                        Placement.Unplaceable.class,
                        unplaceable -> assertThat(unplaceable.reasons())
                                .contains(
                                        "host-1: is not connected",
                                        "is in maintenance mode",
                                        "has 8 CPUs",
                                        "MiB of memory left")
                                .contains(
                                        "host-2: does not see datastore datastore-1",
                                        "network network-1",
                                        "not reported"));
    }

    @Test
    void no_host_is_overfilled_and_a_fitting_host_is_always_found() {
        Property.holds("placement is safe and complete", random -> {
            List<HostLoad> hosts = new ArrayList<>();
            for (int number = 1; number <= random.sized(1, 12); number++) {
                long memory = random.between(1L, 64L) * GIB;
                hosts.add(new HostLoad(host(number, memory), random.between(0, 16), random.between(0L, memory)));
            }
            PlacementRequest request = request(random.between(1, 10), random.between(1L, 32L) * GIB);
            Placement placement = PlacementPlanner.place(request, hosts);
            boolean fits = hosts.stream().anyMatch(load -> fits(request, load));
            switch (placement) {
                case Placement.Placed placed ->
                    assertThat(hosts)
                            .filteredOn(load -> load.host().id().equals(placed.hostId()))
                            .singleElement()
                            .matches(load -> fits(request, load));
                case Placement.Unplaceable ignored -> assertThat(fits).isFalse();
            }
            List<HostLoad> shuffled = new ArrayList<>(random.shuffled(hosts));
            assertThat(PlacementPlanner.place(request, shuffled)).isEqualTo(placement);
        });
    }

    private static boolean fits(PlacementRequest request, HostLoad load) {
        HostFacts facts = load.host().facts();
        return facts != null
                && facts.cpuCount() >= request.cpuCount()
                && facts.memoryBytes() - load.memoryCommittedBytes() >= request.memoryBytes() + (64L << 20);
    }

    @Test
    void an_excluded_host_is_never_chosen() {
        PlacementRequest request =
                new PlacementRequest(1, GIB, DATASTORE, Set.of(), Collections.singleton(new HostId("host-1")));
        assertThat(PlacementPlanner.place(request, List.of(new HostLoad(host(1, 64 * GIB), 0, 0))))
                .isInstanceOf(Placement.Unplaceable.class);
    }
}
