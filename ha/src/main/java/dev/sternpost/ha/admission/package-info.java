/**
 * Whether a change leaves enough room for the promised failover. Pure planning.
 */
@NullMarked
package dev.sternpost.ha.admission;

import org.jspecify.annotations.NullMarked;
