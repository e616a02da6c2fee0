package dev.sternpost.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Stories that are drawn, one for each seed. {@code -Dsternpost.sweep=N} plays more of them; so does {@code ./sternpost sim run}. */
class HaSweepTest {
    private static final int SEEDS = Integer.getInteger("sternpost.sweep", 20);

    @Test
    void whatever_fails_nothing_runs_twice_and_the_cluster_comes_to_rest_within_a_minute() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            DrawnStory story = new DrawnStory(seed);
            DrawnStory.Ending ending = story.play(Defect.NONE);
            assertThat(ending.violation())
                    .as("seed %d, %s, %s%n%s", seed, story.kind(), story.datacenter(), ending.told())
                    .isEmpty();
        }
    }

    @Test
    void the_same_seed_tells_the_same_story() {
        for (long seed = 1; seed <= SEEDS; seed += 10) {
            assertThat(new DrawnStory(seed).play(Defect.NONE)).isEqualTo(new DrawnStory(seed).play(Defect.NONE));
        }
    }
}
