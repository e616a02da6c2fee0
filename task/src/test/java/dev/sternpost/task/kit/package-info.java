/**
 * The contract of workflows: {@link dev.sternpost.task.kit.WorkflowKit} runs any workflow with a disturbance at every
 * step and checks that the task ends once, in the right state, with nothing left behind.
 */
@NullMarked
package dev.sternpost.task.kit;

import org.jspecify.annotations.NullMarked;
