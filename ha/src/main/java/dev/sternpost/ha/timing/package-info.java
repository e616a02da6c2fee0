/**
 * The times of the protocol, in one place, with the inequality that makes it safe.
 */
@NullMarked
package dev.sternpost.ha.timing;

import org.jspecify.annotations.NullMarked;
