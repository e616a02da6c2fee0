package dev.sternpost.task;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How tasks of one kind are done: named steps in order. After a failure or a cancel the steps that were done are undone
 * in reverse; past a point of no return the task only goes forward.
 *
 * <p>A workflow that changes its steps between releases keeps the names of those that tasks in flight may have recorded.
 *
 * @param kind such as {@code VirtualMachine.migrate}
 */
public record Workflow(String kind, List<Step> steps) {
    /** Most steps of a workflow. */
    public static final int STEPS_MAX = 32;

    public Workflow {
        steps = List.copyOf(steps);
        if (kind.isBlank() || steps.isEmpty() || steps.size() > STEPS_MAX) {
            throw new IllegalArgumentException("kind '" + kind + "', " + steps.size() + " steps");
        }
        Set<String> names = new HashSet<>();
        for (Step step : steps) {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException(kind + " has two steps named " + step.name());
            }
        }
    }

    public Workflow(String kind, Step... steps) {
        this(kind, List.of(steps));
    }
}
