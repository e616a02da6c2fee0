@NullMarked
package dev.sternpost.drs.demand;

import org.jspecify.annotations.NullMarked;
