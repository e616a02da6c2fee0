/**
 * The machine of the host that holds the coordinator's lease: tells dead from isolated, partitioned and silent, and has restarted what is to be restarted. A condition that is held, not a task.
 */
@NullMarked
package dev.sternpost.ha.coordinator;

import org.jspecify.annotations.NullMarked;
