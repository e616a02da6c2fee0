package dev.sternpost.vmotion.phase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MigrationPhaseTest {

    @Test
    void there_are_seven_and_each_is_found_by_its_step() {
        assertThat(MigrationPhase.values()).hasSize(7);
        for (MigrationPhase phase : MigrationPhase.values()) {
            assertThat(MigrationPhase.completedBy(phase.step())).contains(phase);
        }
        assertThat(MigrationPhase.completedBy("reserve-target")).isEmpty();
    }
}
