package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecoveryPlanTest {
    private static final Instant T0 = Instant.parse("2030-01-01T00:00:00Z");

    private static Task task(long number, String runner) {
        TaskDraft draft = new TaskDraft("Test.kind", "vm-" + number, "n", "admin", "", "", "", Set.of());
        return new Task(new TaskId(number), draft, TaskSummary.queued(), T0, false, runner, 1, 0);
    }

    private static List<Long> adoptions(List<Task> tasks, String self, Set<Long> driven, String... alive) {
        List<RunnerLease> leases = List.of(alive).stream()
                .map(name -> new RunnerLease(name, 1, T0))
                .toList();
        return RecoveryPlan.adoptions(tasks, leases, self, id -> driven.contains(id.number())).stream()
                .map(task -> task.id().number())
                .toList();
    }

    @Test
    void own_tasks_that_are_not_driven_are_adopted_in_the_order_of_acceptance() {
        List<Task> tasks = List.of(task(3, "a"), task(1, "a"), task(2, "a"));
        assertThat(adoptions(tasks, "a", Set.of(2L), "a")).containsExactly(1L, 3L);
    }

    @Test
    void tasks_of_a_runner_that_lives_are_left_alone() {
        assertThat(adoptions(List.of(task(1, "b")), "a", Set.of(), "a", "b")).isEmpty();
    }

    @Test
    void tasks_of_a_runner_whose_lease_ran_out_are_adopted() {
        assertThat(adoptions(List.of(task(1, "b")), "a", Set.of(), "a")).containsExactly(1L);
    }
}
