/**
 * Which virtual machines are started again when, in which order and on which host. A condition: complete only when each was seen running.
 */
@NullMarked
package dev.sternpost.ha.restart;

import org.jspecify.annotations.NullMarked;
