package dev.sternpost.sim.drs;

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

/** Each folder is one story: a sentence in its README, a cluster, a script, and the log that it gives. */
class ScenarioTest {
    private static final Path SCENARIOS = Path.of("src/test/scenarios");
    private static final long SEED = 20_261;

    static List<Path> scenarios() throws IOException {
        try (Stream<Path> folders = Files.list(SCENARIOS)) {
            return folders.filter(folder -> Files.exists(folder.resolve("cluster")))
                    .sorted()
                    .toList();
        }
    }

    private static String play(Path folder) throws IOException {
        return ClusterStory.play(
                SEED, Files.readAllLines(folder.resolve("cluster")), Files.readAllLines(folder.resolve("script")));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void the_story_goes_as_it_is_told(Path folder) throws IOException {
        Golden.assertMatches(folder.resolve("log.expect"), play(folder));
    }

    @Test
    void every_scenario_says_in_one_sentence_what_it_shows() throws IOException {
        assertThat(scenarios())
                .hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(folder -> assertThat(
                                Files.readString(folder.resolve("README.md")).strip())
                        .endsWith(".")
                        .doesNotContain("\n\n"));
    }
}
