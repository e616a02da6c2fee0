/**
 * Pre-copy: how a guest writes, how its move will go, and what makes it converge. No clock and no I/O; whoever drives an engine
 * asks {@link dev.sternpost.vmotion.precopy.ConvergenceControl} after each report, and whoever plans a move asks {@link
 * dev.sternpost.vmotion.precopy.PrecopyPredictor}.
 */
@NullMarked
package dev.sternpost.vmotion.precopy;

import org.jspecify.annotations.NullMarked;
