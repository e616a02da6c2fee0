package dev.sternpost.task;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which tasks a runner should take over. */
public final class RecoveryPlan {
    private RecoveryPlan() {}

    /**
     * Unfinished tasks that nobody drives: those of runners without a current lease, and those that name this runner
     * though it does not drive them (they are from before its restart, or it lost them in a trouble with the store).
     *
     * @param unfinished in any order
     * @param current the leases that have not run out
     * @param self name of this runner
     * @param driven what this runner drives now, waiting ones included
     * @return in the order the tasks were accepted
     */
    public static List<Task> adoptions(
            List<Task> unfinished, List<RunnerLease> current, String self, Predicate<TaskId> driven) {
        Set<String> alive = current.stream().map(RunnerLease::runner).collect(Collectors.toSet());
        return unfinished.stream()
                .filter(task -> !task.state().isEnd())
                .filter(task -> task.runner().equals(self) ? !driven.test(task.id()) : !alive.contains(task.runner()))
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }
}
