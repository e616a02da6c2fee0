package dev.sternpost.drs.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.placement.DatastorePlanner.DatastoreVerdict;
import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatastorePlannerTest {
    private static final long GIB = 1L << 30;

    private static Datastore datastore(int number, long freeGib, boolean accessible) {
        return new Datastore(
                DatastoreId.of(number),
                "ds-" + number,
                new FolderId("group-s1"),
                0,
                new UUID(0, number),
                100 * GIB,
                freeGib * GIB,
                accessible);
    }

    private static Host host(int number, int... datastores) {
        HostFacts facts = new HostFacts("cpu", 8, 2000, 16 * GIB, Accelerator.TCG, "", "7.2", "0.1", "", List.of());
        return Host.create(HostId.of(number), "host-" + number, new ClusterId("domain-c1"))
                .withConnection(HostConnectionState.CONNECTED, 1, null)
                .withReport(
                        facts,
                        IntStream.of(datastores).mapToObj(DatastoreId::of).toList(),
                        List.of());
    }

    @Test
    void one_that_more_hosts_see_beats_an_emptier_one_and_among_equals_the_emptiest_wins() {
        List<DatastoreVerdict> ranked = DatastorePlanner.rank(
                10 * GIB,
                List.of(datastore(1, 40, true), datastore(2, 50, true), datastore(3, 90, true)),
                List.of(host(1, 1, 2, 3), host(2, 1, 2)));
        assertThat(ranked).extracting("name").containsExactly("ds-2", "ds-1", "ds-3");
        assertThat(ranked).allMatch(DatastoreVerdict::feasible);
    }

    @Test
    void every_reason_is_told() {
        assertThat(DatastorePlanner.rank(
                        20 * GIB, List.of(datastore(1, 22, true), datastore(2, 90, false)), List.of(host(1, 1))))
                .extracting("obstacles")
                .containsExactly(
                        List.of("has 22528 MiB free, the VM needs 20480 MiB and 5120 MiB are kept free"),
                        List.of("is not accessible", "is seen by no host that could run the VM"));
    }
}
