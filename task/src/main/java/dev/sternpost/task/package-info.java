/**
 * Durable tasks: what a task is, how its steps are recorded, and what to do next after a failure, a cancel or a crash.
 *
 * <p>Knows nothing of what any task is about. {@code TaskMachine} decides purely from the log;
 * {@code TaskRunner} drives it with an executor, a clock and timers it is given, so that the same
 * code runs in the server and in a simulation. Start at {@code Workflow}.
 */
@NullMarked
package dev.sternpost.task;

import org.jspecify.annotations.NullMarked;
