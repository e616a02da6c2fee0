package dev.sternpost.server.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.host.HostPayload.DowntimeSource;
import dev.sternpost.server.host.HostPayload.MigrationConduct;
import dev.sternpost.server.host.HostPayload.MigrationDecision;
import dev.sternpost.server.work.Json;
import dev.sternpost.vmotion.precopy.DirtySample;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MoveExperienceTest {
    private static final List<PrecopyRound> ROUNDS = List.of(
            new PrecopyRound(1, 100_000_000, 20_000_000, 0, 1_280),
            new PrecopyRound(2, 20_000_000, 5_000_000, 0, 480),
            new PrecopyRound(3, 5_000_000, 0, 0, 300));

    private static MigrationView view(boolean limited, double pauseMillis, @Nullable MigrationConduct conduct) {
        return new MigrationView(
                "host-1",
                "host-2",
                ROUNDS,
                125_000_000,
                pauseMillis,
                DowntimeSource.ENGINE,
                2_000,
                0,
                limited,
                300,
                null,
                conduct);
    }

    private final MoveExperience experience = new MoveExperience();

    @Test
    void rounds_that_ended_are_samples_and_the_first_tells_what_there_is_to_send() {
        experience.learn("vm-1", view(false, 40, null));
        assertThat(experience.of("vm-1")).hasValueSatisfying(known -> {
            assertThat(known.firstRoundBytes()).isEqualTo(100_000_000);
            assertThat(known.samples())
                    .containsExactly(DirtySample.ofBitmap(1.28, 20_000_000), DirtySample.ofBitmap(0.48, 5_000_000));
        });
        assertThat(experience.of("vm-2")).isEmpty();
    }

    @Test
    void rounds_of_a_throttled_guest_say_nothing_of_the_guest_alone() {
        MigrationConduct conduct =
                new MigrationConduct(List.of(new MigrationDecision(1_300, 2, "throttle", "why")), "", 100);
        experience.learn("vm-1", view(false, 40, conduct));
        assertThat(experience.of("vm-1"))
                .hasValueSatisfying(known -> assertThat(known.samples()).hasSize(1));
    }

    @Test
    void bandwidth_is_known_by_pair_and_else_by_all() {
        assertThat(experience.bandwidth("host-1", "host-2")).isEmpty();
        experience.learn("vm-1", view(true, 40, null));
        assertThat(experience.bandwidth("host-1", "host-2"))
                .as("a limit is not the link")
                .isEmpty();
        experience.learn("vm-1", view(false, 40, null));
        assertThat(experience.bandwidth("host-1", "host-2")).hasValue(100e6);
        assertThat(experience.bandwidth("host-2", "host-3")).hasValue(100e6);
    }

    @Test
    void pauses_count_when_there_are_enough_of_them() {
        for (double pause : new double[] {40, 60}) {
            experience.learn("vm-1", view(false, pause, null));
        }
        assertThat(experience.pauseMillis()).isEmpty();
        experience.learn("vm-1", view(false, 50, null));
        assertThat(experience.pauseMillis()).hasValueSatisfying(range -> {
            assertThat(range.low()).isEqualTo(40);
            assertThat(range.expected()).isEqualTo(50);
            assertThat(range.high()).isEqualTo(60);
        });
    }

    @Test
    void a_view_of_an_older_server_is_read_all_the_same() {
        MigrationView view = Json.read("""
                {"sourceHostId":"host-1","targetHostId":"host-2","rounds":[],"sentBytes":5,"downtimeMillis":1.5,
                 "downtimeSource":"ENGINE","totalMillis":7}
                """, MigrationView.class);
        assertThat(view.forecast()).isNull();
        assertThat(view.guestSlowdown()).isZero();
        experience.learn("vm-1", view);
        assertThat(experience.of("vm-1")).isEmpty();
    }
}
