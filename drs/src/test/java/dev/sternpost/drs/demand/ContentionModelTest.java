package dev.sternpost.drs.demand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.HostContention;
import dev.sternpost.testkit.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentionModelTest {
    private static ContentionModel after(ContentionModel model, long from, int samples, double steal) {
        for (int i = 0; i < samples; i++) {
            model.observe(new HostSample(from + 20L * i, steal, 0));
        }
        return model;
    }

    @Test
    void a_little_steal_never_counts() {
        ContentionModel model = after(new ContentionModel(), 0, 100, 0.09);
        assertThat(model.planned()).isEqualTo(HostContention.NONE);
    }

    @Test
    void contention_that_counts_goes_on_counting_until_it_is_well_below_where_it_began() {
        ContentionModel model = after(new ContentionModel(), 0, 100, 0.2);
        assertThat(model.planned().cpuStealPart()).isBetween(0.19, 0.21);
        after(model, 2_000, 100, 0.07);
        assertThat(model.planned().cpuStealPart()).isBetween(0.06, 0.08);
        after(model, 4_000, 100, 0.02);
        assertThat(model.planned()).isEqualTo(HostContention.NONE);
        after(model, 6_000, 100, 0.07);
        assertThat(model.planned()).isEqualTo(HostContention.NONE);
    }

    @Test
    void what_hovers_about_a_mark_does_not_switch_to_and_fro() {
        Property.holds("hysteresis", random -> {
            ContentionModel model = new ContentionModel();
            int switches = 0;
            boolean counted = false;
            double middle = random.chance(0.5) ? ContentionModel.BEGINS : ContentionModel.ENDS;
            for (int i = 0; i < 1_000; i++) {
                model.observe(new HostSample(20L * i, 0, middle + random.between(-0.02, 0.02)));
                boolean counts = model.planned().memoryPressure() > 0;
                switches += counts == counted ? 0 : 1;
                counted = counts;
            }
            assertThat(switches).isLessThanOrEqualTo(1);
        });
    }

    @Test
    void a_host_that_suffers_gives_vms_away_and_takes_none() {
        List<DrsHost> hosts = List.of(
                SampleClusters.host(1).withContention(new HostContention(0.5, 0)),
                SampleClusters.host(2),
                SampleClusters.host(3));
        DrsSnapshot snapshot = SampleClusters.cluster(
                hosts,
                List.of(
                        SampleClusters.vm(1, 1, 5_500),
                        SampleClusters.vm(2, 1, 5_500),
                        SampleClusters.vm(3, 2, 5_500),
                        SampleClusters.vm(4, 2, 5_500),
                        SampleClusters.vm(5, 3, 5_500),
                        SampleClusters.vm(6, 3, 5_500)));
        DrsPlan calm = DrsPlanner.plan(
                snapshot.withHosts(hosts.stream()
                        .map(host -> host.withContention(HostContention.NONE))
                        .toList()),
                DrsPolicy.standard());
        assertThat(calm.recommendations()).isEmpty();
        DrsPlan plan = DrsPlanner.plan(snapshot, DrsPolicy.standard());
        assertThat(plan.recommendations()).isNotEmpty().allSatisfy(each -> {
            assertThat(each.moves())
                    .allSatisfy(move -> assertThat(move.fromHostId())
                            .isEqualTo(hosts.getFirst().id()));
        });
    }
}
