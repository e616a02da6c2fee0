package dev.sternpost.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The modules that decide see no time, chance, thread or file but what they are given: so every run can be replayed. */
class PurityTest {
    private static final String[] PURE = Product.packagesOf(Product.PURE);

    /** Calls that ask the machine for the time or for chance; an empty list of parameters only means that overload. */
    private static final Map<String, Set<String>> IMPURE_CALLS = Map.ofEntries(
            Map.entry("java.lang.System", Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "exit")),
            Map.entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis")),
            Map.entry("java.time.InstantSource", Set.of("system")),
            Map.entry("java.lang.Math", Set.of("random")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("java.util.concurrent.ThreadLocalRandom", Set.of("current")));

    private static final Set<String> CLOCK_READERS =
            Set.of("java.time.Instant", "java.time.LocalDateTime", "java.time.LocalDate", "java.time.ZonedDateTime");

    private static final Set<String> RANDOMS = Set.of(Random.class.getName(), "java.util.SplittableRandom");

    private static final List<String> THREADS = List.of(
            "java.lang.Thread",
            "java.util.Timer",
            "java.util.concurrent.Executor",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ExecutorService",
            "java.util.concurrent.ScheduledExecutorService",
            "java.util.concurrent.CompletableFuture",
            "java.util.concurrent.ForkJoinPool");

    @Test
    void pure_modules_do_not_ask_for_the_time_or_for_chance() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callCodeUnitWhere(isImpure())
                .because("time and seeds are inputs")
                .check(Product.CLASSES);
    }

    @Test
    void pure_modules_start_no_threads() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe("threads", type -> THREADS.contains(type.getName())))
                .check(Product.CLASSES);
    }

    @Test
    void pure_modules_do_no_input_or_output_and_do_not_log() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe("input, output or logging", PurityTest::isOutside))
                .check(Product.CLASSES);
    }

    private static DescribedPredicate<JavaCall<?>> isImpure() {
        return DescribedPredicate.describe("it reads the clock or draws a random number", call -> {
            AccessTarget.CodeUnitCallTarget target = call.getTarget();
            String owner = target.getOwner().getName();
            boolean withoutArguments = target.getRawParameterTypes().isEmpty();
            return IMPURE_CALLS.getOrDefault(owner, Set.of()).contains(target.getName())
                    || (CLOCK_READERS.contains(owner) && target.getName().equals("now") && withoutArguments)
                    || (RANDOMS.contains(owner) && target.getName().equals("<init>") && withoutArguments);
        });
    }

    private static boolean isOutside(JavaClass type) {
        String name = type.getName();
        String inPackage = type.getPackageName();
        if (inPackage.equals("java.io")) {
            return !name.endsWith("Exception") && !name.equals("java.io.Serializable");
        }
        return inPackage.startsWith("java.nio.file")
                || inPackage.startsWith("java.nio.channels")
                || (inPackage.startsWith("java.net") && !name.equals("java.net.URI"))
                || inPackage.startsWith("java.util.logging")
                || name.startsWith("java.lang.System$Logger")
                || name.startsWith("java.lang.Process")
                || inPackage.startsWith("org.slf4j");
    }
}
