package dev.sternpost.drs.whatif;

import static dev.sternpost.drs.SampleClusters.GIB;
import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.recommendation.Problem;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhatIfTest {
    private static final DrsPolicy POLICY = DrsPolicy.standard();
    private static final DrsSnapshot BUSY =
            cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 7000), vm(2, 1, 7000), vm(3, 2, 7000)));

    @Test
    void one_host_more_takes_load_off_the_others() {
        WhatIf answer = WhatIf.ask(BUSY, POLICY, List.of(new Change.AddHostsLike(HostId.of(2), 1)));
        assertThat(answer.asIs().recommendations()).isEmpty();
        assertThat(answer.changed().recommendations())
                .singleElement()
                .satisfies(
                        each -> assertThat(each.moves().getFirst().toHostId()).isEqualTo(HostId.of(3)));
        assertThat(answer.changed().after().score())
                .isGreaterThan(answer.asIs().after().score());
    }

    @Test
    void one_host_less_moves_what_runs_there_and_tells_what_finds_no_room() {
        WhatIf answer = WhatIf.ask(BUSY, POLICY, List.of(new Change.RemoveHost(HostId.of(2))));
        assertThat(answer.changed().recommendations())
                .singleElement()
                .satisfies(each -> assertThat(each.cause()).isEqualTo(Cause.MAINTENANCE));
        WhatIf none = WhatIf.ask(
                BUSY,
                POLICY,
                List.of(new Change.ResizeVm(VirtualMachineId.of(3), 4, 30 * GIB), new Change.RemoveHost(HostId.of(2))));
        assertThat(none.changed().problems())
                .singleElement()
                .extracting(Problem::explanation)
                .asString()
                .contains("vm-3 cannot leave", "of memory left", "Free or add capacity.");
    }

    @Test
    void a_vm_that_grows_beyond_its_host_sends_others_away() {
        WhatIf answer = WhatIf.ask(BUSY, POLICY, List.of(new Change.ResizeVm(VirtualMachineId.of(1), 4, 31 * GIB)));
        assertThat(answer.changed().recommendations()).singleElement().satisfies(each -> {
            assertThat(each.cause()).isEqualTo(Cause.CAPACITY);
            assertThat(each.moves().getFirst().vmId()).isEqualTo(VirtualMachineId.of(2));
        });
        assertThatThrownBy(() -> WhatIf.ask(BUSY, POLICY, List.of(new Change.RemoveHost(HostId.of(9)))))
                .hasMessage("host-9 is not of this cluster");
    }
}
