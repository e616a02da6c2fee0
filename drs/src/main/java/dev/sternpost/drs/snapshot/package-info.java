/**
 * What the planner is given: one cluster at one moment, and how its administrator wants it run. Plain immutable data with every list
 * in the order of ids, so that equal clusters are equal inputs and give equal plans.
 */
@NullMarked
package dev.sternpost.drs.snapshot;

import org.jspecify.annotations.NullMarked;
