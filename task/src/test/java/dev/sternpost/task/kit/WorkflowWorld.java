package dev.sternpost.task.kit;

import dev.sternpost.task.Atomic;
import dev.sternpost.task.FailureReader;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.Workflow;

/** What one run of a workflow works on; a fresh one for each run, always the same. */
public interface WorkflowWorld {
    /** Makes the world of one run. */
    @FunctionalInterface
    interface Factory {
        /** @param store where the tasks of the run are; its clock is the loop's */
        WorkflowWorld create(KitLoop loop, InMemoryTaskStore store);
    }

    /** The workflow on trial. */
    Workflow workflow();

    /** A task that succeeds when nothing disturbs it. */
    TaskDraft draft();

    /** Joins the transactions of the store and of local steps. */
    default Atomic atomic(InMemoryTaskStore store) {
        return store;
    }

    default FailureReader failures() {
        return FailureReader.PLAIN;
    }

    /**
     * All that the workflow is there to change, as text. Must be the same after each run that succeeds, and as before
     * after each run that fails or is cancelled. Leaves out what may stay on purpose, such as fence numbers.
     */
    String state();

    /** What reconcilers do once the far side is heard of again; the task is over by then. */
    default void reconcile() {}

    /** What must hold at every moment; throws when it does not. */
    default void checkInvariants() {}
}
