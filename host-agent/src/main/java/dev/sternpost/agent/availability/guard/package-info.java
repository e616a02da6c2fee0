/**
 * The guard: a small process of its own that holds this host's lease and stops its protected virtual machines when it cannot. Outlives the
 * agent.
 */
@NullMarked
package dev.sternpost.agent.availability.guard;

import org.jspecify.annotations.NullMarked;
