/**
 * A world in one thread: virtual time, chance from a seed, events in order, a trace of what happened and invariants that are checked after every event. The
 * same seed and script give the same trace to the last byte, whatever the world is about.
 */
@NullMarked
package dev.sternpost.sim.kernel;

import org.jspecify.annotations.NullMarked;
