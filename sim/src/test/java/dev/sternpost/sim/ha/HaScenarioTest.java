package dev.sternpost.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder is one story: a sentence in its README, a datacenter, a script, and the log that it gives. */
class HaScenarioTest {
    private static final Path SCENARIOS = Path.of("src/test/scenarios");
    private static final long SEED = 20_261;

    static List<Path> scenarios() throws IOException {
        try (Stream<Path> folders = Files.list(SCENARIOS)) {
            return folders.filter(folder -> Files.exists(folder.resolve("datacenter")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void the_story_goes_as_it_is_told(Path folder) throws IOException {
        HaStory story = new HaStory(SEED, Files.readAllLines(folder.resolve("datacenter")), Defect.NONE);
        Golden.assertMatches(folder.resolve("log.expect"), story.play(Files.readAllLines(folder.resolve("script"))));
    }

    @Test
    void every_scenario_says_in_one_sentence_what_it_shows() throws IOException {
        assertThat(scenarios())
                .hasSizeGreaterThanOrEqualTo(40)
                .allSatisfy(folder -> assertThat(
                                Files.readString(folder.resolve("README.md")).strip())
                        .endsWith(".")
                        .doesNotContain("\n\n"));
    }
}
