package dev.sternpost.tidy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What may know what, between packages; between modules see {@link ModuleGraphTest}. */
class ArchitectureTest {
    /** Where generated types may be seen: the edges, which turn them into our own. */
    private static final String[] EDGES = {
        "dev.sternpost.server.api..",
        "dev.sternpost.server.agentlink..",
        "dev.sternpost.agent.endpoint..",
        "dev.sternpost.sdk..",
        "dev.sternpost.cli..",
        // All of it is an edge: it speaks as agents do, and knows nothing behind that.
        "dev.sternpost.fleet..",
        // It measures by the API, as a user of it.
        "dev.sternpost.bench.."
    };

    private static final Set<String> ENTITY_ANNOTATIONS = Set.of(
            "jakarta.persistence.Entity", "jakarta.persistence.Embeddable", "jakarta.persistence.MappedSuperclass");

    @Test
    void classes_of_every_module_are_looked_at() {
        assertThat(Product.CLASSES.stream().map(Product::moduleOf).collect(Collectors.toSet()))
                .contains("inventory", "task", "sso", "db", "agent", "server", "sdk", "cli");
    }

    @Test
    void no_packages_form_a_cycle() {
        check(slices().matching("dev.sternpost.(**)").should().beFreeOfCycles());
    }

    @Test
    void pure_modules_know_only_the_language_and_each_other_downwards() {
        for (String module : Product.PURE) {
            check(classes()
                    .that()
                    .resideInAPackage("dev.sternpost." + module + "..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(allowedFor(module))
                    .because("a library in a planner decides for us what we could not replay"));
        }
    }

    @Test
    void generated_types_stop_at_the_edges() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(EDGES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sternpost.proto..", "com.google.protobuf..")
                .because("everything inside speaks of our own nouns"));
    }

    @Test
    void rows_and_repositories_do_not_leave_their_package() {
        check(classes()
                .that(areRowsOrRepositories())
                .should()
                .notBePublic()
                .andShould()
                .resideInAPackage("dev.sternpost.db.."));
    }

    @Test
    void only_the_database_module_knows_tables() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.sternpost.db..")
                .and()
                // It makes tables of its own, beside which the server is held.
                .doNotHaveFullyQualifiedName("dev.sternpost.bench.DatabaseFloor")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.persistence..",
                        "org.hibernate..",
                        "org.springframework.data..",
                        "org.springframework.jdbc..",
                        "org.flywaydb..",
                        "org.postgresql..",
                        "java.sql..",
                        "javax.sql.."));
    }

    @Test
    void the_agent_does_without_spring() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sternpost.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.."));
    }

    @Test
    void json_is_read_with_one_library() {
        check(noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.fasterxml.jackson.databind.."))
                .because("Jackson 2 is on the class path by accident; ours is tools.jackson"));
    }

    @Test
    void constructors_take_at_most_seven_collaborators() {
        check(classes().that(areNoRecords()).should(Rules.haveConstructorsWithAtMost(7)));
    }

    private static DescribedPredicate<JavaClass> areNoRecords() {
        return describe("are no records", type -> !type.isRecord());
    }

    private static DescribedPredicate<JavaClass> areRowsOrRepositories() {
        return describe(
                "are rows or repositories",
                type -> type.getAnnotations().stream()
                                .anyMatch(a -> ENTITY_ANNOTATIONS.contains(
                                        a.getRawType().getName()))
                        || type.getRawInterfaces().stream()
                                .anyMatch(i -> i.getPackageName().startsWith("org.springframework.data.")));
    }

    private static String[] allowedFor(String module) {
        String own = "dev.sternpost." + module + "..";
        return switch (module) {
            case "inventory", "task" -> new String[] {"java..", "org.jspecify..", own};
            case "sso" ->
                new String[] {
                    "java..", "javax.crypto..", "org.jspecify..", "org.bouncycastle..", own, "dev.sternpost.inventory.."
                };
            // Where the two meet that do not know each other.
            case "failover" ->
                new String[] {
                    "java..",
                    "org.jspecify..",
                    own,
                    "dev.sternpost.inventory..",
                    "dev.sternpost.drs..",
                    "dev.sternpost.ha.."
                };
            default -> new String[] {"java..", "org.jspecify..", own, "dev.sternpost.inventory.."};
        };
    }

    private static void check(ArchRule rule) {
        rule.check(Product.CLASSES);
    }
}
