@NullMarked
package dev.sternpost.drs.balancing;

import org.jspecify.annotations.NullMarked;
