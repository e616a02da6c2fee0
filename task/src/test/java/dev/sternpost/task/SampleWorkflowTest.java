package dev.sternpost.task;

import dev.sternpost.task.kit.KitLoop;
import dev.sternpost.task.kit.WorkflowKit;
import dev.sternpost.task.kit.WorkflowWorld;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The kit on a workflow with a step of every sort, in a world with a far side that knows operation keys. */
class SampleWorkflowTest {
    private static final RetryPolicy THREE = new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(2));

    @TestFactory
    Stream<DynamicTest> contract() {
        return WorkflowKit.tests(World::new);
    }

    private static final class World implements WorkflowWorld {
        private final KitLoop loop;
        private final InMemoryTaskStore store;
        private final Map<String, String> rows = new TreeMap<>();
        private final Set<String> far = new HashSet<>();
        private final Map<String, Integer> orders = new TreeMap<>();

        World(KitLoop loop, InMemoryTaskStore store) {
            this.loop = loop;
            this.store = store;
        }

        @Override
        public Workflow workflow() {
            return new Workflow(
                    "Test.sample",
                    Step.decide("choose", context -> StepOutput.of("here")),
                    Step.local("reserve", context -> put("reservation", "1"))
                            .withLocalUndo(context -> drop("reservation")),
                    Step.remote("prepare", context -> order(context, "shadow", true))
                            .withRemoteUndo(context -> order(context, "shadow", false))
                            .withRetry(THREE),
                    Step.remote("commit", context -> order(context, "effect", true))
                            .withRetry(THREE)
                            .asPointOfNoReturn(),
                    Step.local("record", context -> put("row", context.output("choose"))),
                    Step.remote("activate", context -> order(context, "active", true))
                            .withRetry(THREE),
                    Step.remote("announce", context -> order(context, "announced", true))
                            .withRetry(THREE)
                            .asOptional(),
                    Step.local("release", context -> drop("reservation")));
        }

        @Override
        public TaskDraft draft() {
            return new TaskDraft("Test.sample", "vm-1", "vm", "admin", "", "", "", Set.of());
        }

        private StepOutput put(String key, String value) {
            String before = rows.put(key, value);
            store.onRollback(() -> {
                if (before == null) {
                    rows.remove(key);
                } else {
                    rows.put(key, before);
                }
            });
            return StepOutput.NONE;
        }

        private StepOutput drop(String key) {
            String before = rows.remove(key);
            if (before != null) {
                store.onRollback(() -> rows.put(key, before));
            }
            return StepOutput.NONE;
        }

        private CompletionStage<StepOutput> order(StepContext context, String thing, boolean make) {
            CompletableFuture<StepOutput> answer = new CompletableFuture<>();
            loop.schedule(Duration.ofMillis(5), () -> {
                orders.merge(context.operationKey(), 1, Integer::sum);
                if (make) {
                    far.add(thing);
                } else {
                    far.remove(thing);
                }
                answer.complete(StepOutput.NONE);
            });
            return answer;
        }

        @Override
        public String state() {
            Set<String> things = new java.util.TreeSet<>(far);
            // Announcing is worth a try and no more.
            things.remove("announced");
            return rows + " " + things;
        }

        @Override
        public void checkInvariants() {
            if (rows.containsKey("row") && !far.contains("effect")) {
                throw new AssertionError("recorded what did not happen");
            }
        }
    }
}
