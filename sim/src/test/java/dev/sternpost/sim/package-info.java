@NullMarked
package dev.sternpost.sim;

import org.jspecify.annotations.NullMarked;
