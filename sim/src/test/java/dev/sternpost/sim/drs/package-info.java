@NullMarked
package dev.sternpost.sim.drs;

import org.jspecify.annotations.NullMarked;
