/**
 * Load balancing: {@link dev.sternpost.drs.DrsPlanner} turns one cluster at one moment into a plan, purely: the same input gives the
 * same plan to the last byte.
 */
@NullMarked
package dev.sternpost.drs;

import org.jspecify.annotations.NullMarked;
