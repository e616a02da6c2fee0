/**
 * Load balancing as it goes on: looks at each cluster now and then and soon after something has changed, keeps what it thought,
 * and moves VMs as far as the automation level allows. What is decided, and why, is module {@code drs}'s; here are its
 * inputs, its timing and its deeds.
 *
 * <p>A condition that must hold, not a task: the moves are tasks.
 */
@NullMarked
package dev.sternpost.server.drs;

import org.jspecify.annotations.NullMarked;
