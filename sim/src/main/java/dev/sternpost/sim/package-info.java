/** The simulator as a tool of its own: plays drawn stories of a cluster, one for each seed, and counts the promises that were broken. */
@NullMarked
package dev.sternpost.sim;

import org.jspecify.annotations.NullMarked;
