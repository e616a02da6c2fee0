/** The seven phases of a live migration, under the names an administrator knows. */
@NullMarked
package dev.sternpost.vmotion.phase;

import org.jspecify.annotations.NullMarked;
