@NullMarked
package dev.sternpost.drs.placement;

import org.jspecify.annotations.NullMarked;
