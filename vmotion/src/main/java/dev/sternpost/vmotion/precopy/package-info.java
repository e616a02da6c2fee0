/**
 * Pre-copy: what its rounds say, and when to switch over or give up. Pure functions of the rounds; whoever drives an engine
 * asks {@link dev.sternpost.vmotion.precopy.ConvergencePolicy} after each report.
 */
@NullMarked
package dev.sternpost.vmotion.precopy;

import org.jspecify.annotations.NullMarked;
