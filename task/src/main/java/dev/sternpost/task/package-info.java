/** The durable task core: workflows, steps, the task log, leases and the recovery plan. */
@NullMarked
package dev.sternpost.task;

import org.jspecify.annotations.NullMarked;
