/**
 * Whether a guest still does anything, and what is done when it does not. A condition that is held, one machine for each guest.
 */
@NullMarked
package dev.sternpost.ha.monitoring;

import org.jspecify.annotations.NullMarked;
