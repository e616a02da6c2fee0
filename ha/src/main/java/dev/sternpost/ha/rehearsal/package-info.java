/**
 * A failover on a snapshot, without doing anything: what would start where, and what would not. Pure planning.
 */
@NullMarked
package dev.sternpost.ha.rehearsal;

import org.jspecify.annotations.NullMarked;
