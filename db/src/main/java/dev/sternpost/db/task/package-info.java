/** Rows of tasks, their logs, claims and leases. */
@NullMarked
package dev.sternpost.db.task;

import org.jspecify.annotations.NullMarked;
