@NullMarked
package dev.sternpost.sim.kernel;

import org.jspecify.annotations.NullMarked;
