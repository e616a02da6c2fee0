/**
 * Emptying a host: a plan first, that says what moves where in which order and how long it takes, what cannot move and what to do about it;
 * and the way back. Carrying it out is a task's business.
 */
@NullMarked
package dev.sternpost.drs.maintenance;

import org.jspecify.annotations.NullMarked;
