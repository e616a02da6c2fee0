package dev.sternpost.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.sim.ha.DrawnStory.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each guard is taken away on purpose, and the sweep must notice: so we know that the guards do something, and that the sweep sees it. */
class DefectTest {
    /** The shipped machines keep every promise over these seeds, so what is caught is the defect. */
    private static final int SEEDS_MAX = 600;

    @ParameterizedTest
    @CsvSource({
        "NOBODY_STOPS, LEASES_ALONE",
        "GUARD_TOO_PATIENT, LEASES_ALONE",
        "NO_WATCHDOG, LEASES_ALONE",
        "LOCK_WITHOUT_COMPARE, LEASES_ALONE",
        "SIGHTINGS_TOO_OLD, LEASES_ALONE",
        "NO_IMAGE_LOCKS, AMBUSH",
        "LEASE_NOT_ASKED, AMBUSH",
        "CREATED_RUNNING, AMBUSH"
    })
    void a_guard_that_is_missing_is_missed(Defect defect, Kind kind) {
        for (long seed = 1; seed <= SEEDS_MAX; seed++) {
            DrawnStory story = new DrawnStory(seed);
            if (story.kind() == kind) {
                String violation = story.play(defect).violation().orElse("");
                if (violation.startsWith("one owner of each virtual machine")) {
                    assertThat(story.play(Defect.NONE).violation()).isEmpty();
                    return;
                }
            }
        }
        throw new AssertionError(defect + " is not caught by " + SEEDS_MAX + " seeds");
    }
}
