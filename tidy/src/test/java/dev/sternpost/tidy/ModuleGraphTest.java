package dev.sternpost.tidy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Golden;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ModuleGraphTest {
    /** What a product of these modules may use besides modules: the nullness annotations and what stands here. */
    private static final Map<String, Set<String>> LIBRARIES_OF_PURE_MODULES = Map.of(
            "inventory", Set.of(),
            "task", Set.of(),
            "drs", Set.of(),
            "ha", Set.of(),
            "failover", Set.of(),
            "vmotion", Set.of(),
            // Argon2id, which the JDK lacks.
            "sso", Set.of("org.bouncycastle:bcprov-jdk18on"));

    private final List<Pom> poms = Pom.modules();

    @Test
    void the_arrows_between_modules_are_the_reviewed_ones() {
        Golden.assertMatches(
                Repository.ROOT.resolve("docs/module-graph.txt"),
                """
                # Which module needs which: product arrows first, then what only tests need.
                # A new arrow is a reviewed line: run tidy's tests with -Dgolden.update=true.

                """ + lines(" -> ", true) + "\n# tests only\n" + lines(" ..> ", false));
    }

    @Test
    void the_pure_modules_use_no_library() {
        for (Pom pom : poms) {
            Set<String> allowed = LIBRARIES_OF_PURE_MODULES.get(pom.name());
            if (allowed != null) {
                assertThat(pom.dependencies().stream()
                                .filter(d -> !d.own() && !d.forTestsOnly())
                                .map(d -> d.group() + ":" + d.artifact()))
                        .as("libraries of " + pom.folder())
                        .isSubsetOf(allowed);
            }
        }
        assertThat(poms.stream().map(Pom::name)).containsAll(LIBRARIES_OF_PURE_MODULES.keySet());
    }

    @Test
    void no_product_needs_what_is_made_for_tests() {
        for (Pom pom : poms) {
            // The simulator is itself a test tool.
            if (!pom.name().equals("sim")) {
                assertThat(pom.arrows()).as(pom.folder()).doesNotContain("testkit", "tidy");
            }
        }
    }

    @Test
    void the_planners_do_not_know_each_other() {
        Map<String, List<String>> arrows = poms.stream().collect(toMap(Pom::name, Pom::arrows));
        Set<String> planners = Set.of("drs", "ha", "vmotion", "sso");
        for (String planner : new TreeSet<>(planners)) {
            assertThat(arrows.get(planner)).as(planner).doesNotContainAnyElementsOf(planners);
        }
    }

    private String lines(String arrow, boolean product) {
        return poms.stream()
                .filter(pom -> !pom.name().equals("tidy"))
                .map(pom -> {
                    List<String> to = product ? pom.arrows() : pom.testArrows();
                    return pom.name() + arrow + (to.isEmpty() ? "nothing" : String.join(" ", to)) + "\n";
                })
                .collect(joining());
    }
}
