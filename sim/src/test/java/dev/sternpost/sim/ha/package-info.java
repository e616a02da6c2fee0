@NullMarked
package dev.sternpost.sim.ha;

import org.jspecify.annotations.NullMarked;
