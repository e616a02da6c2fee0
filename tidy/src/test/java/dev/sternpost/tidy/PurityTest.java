package dev.sternpost.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The modules that decide see no time, chance, thread or file but what they are given: so every run can be replayed. */
class PurityTest {
    private static final String[] PURE = Product.packagesOf(Product.PURE);

    /** Calls that ask the machine for something that differs from run to run. */
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

    /** Calls that start threads or hold one up; to be handed an executor is fine, since a test can hand over its own. */
    private static final Map<String, Set<String>> THREAD_CALLS = Map.of(
            "java.lang.Thread", Set.of("<init>", "start", "sleep", "ofVirtual", "ofPlatform", "startVirtualThread"),
            "java.util.Timer", Set.of("<init>"),
            "java.util.concurrent.ForkJoinPool", Set.of("<init>", "commonPool"),
            "java.util.concurrent.ThreadPoolExecutor", Set.of("<init>"));

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
                .callCodeUnitWhere(startsThreads())
                .because("who runs what when is decided outside, or by a test")
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

    private static DescribedPredicate<JavaCall<?>> startsThreads() {
        return DescribedPredicate.describe("it starts a thread or waits in one", call -> {
            AccessTarget.CodeUnitCallTarget target = call.getTarget();
            String owner = target.getOwner().getName();
            String name = target.getName();
            boolean commonPool = owner.equals("java.util.concurrent.CompletableFuture")
                    && name.endsWith("Async")
                    && target.getRawParameterTypes().stream()
                            .noneMatch(p -> p.getName().equals("java.util.concurrent.Executor"));
            return THREAD_CALLS.getOrDefault(owner, Set.of()).contains(name)
                    || owner.equals("java.util.concurrent.Executors")
                    || name.equals("parallelStream")
                    || commonPool;
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
