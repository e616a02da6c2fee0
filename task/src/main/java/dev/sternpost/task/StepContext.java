package dev.sternpost.task;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a step may know.
 *
 * @param task the task as it stood when the step was begun
 * @param step name of the step
 * @param operationKey same for each repetition whose outcome is not known; {@code task-7/prepare-target}
 * @param attempt 1 for the first
 * @param outputs what the steps before handed on, by step name
 * @param now by the runner's clock; the only time a step may use
 * @param progress where to say how far it has come; cheap, not durable
 */
public record StepContext(
        Task task,
        String step,
        String operationKey,
        int attempt,
        Map<String, String> outputs,
        Instant now,
        Consumer<StepProgress> progress) {
    public StepContext {
        Objects.requireNonNull(task);
        outputs = Map.copyOf(outputs);
    }

    /** The task's input. */
    public String input() {
        return task.draft().input();
    }

    /** Fence number of the task, to be sent with every command. */
    public long epoch() {
        return task.epoch();
    }

    /**
     * What an earlier step handed on.
     *
     * @throws IllegalStateException when that step was not done
     */
    public String output(String earlierStep) {
        return outputOf(earlierStep)
                .orElseThrow(() -> new IllegalStateException(step + " needs " + earlierStep + ", which was not done"));
    }

    /** What another step handed on, if it was done; for undo functions. */
    public Optional<String> outputOf(String otherStep) {
        return Optional.ofNullable(outputs.get(otherStep));
    }
}
