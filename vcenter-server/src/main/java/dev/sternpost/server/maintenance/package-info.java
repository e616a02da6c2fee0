/**
 * Taking hosts out of use and back: a plan first, then a task that waits, without a thread, until the host is empty. The moves
 * are tasks of their own, filed by {@link dev.sternpost.server.maintenance.Evacuations}, a reconciler that works from the unfinished
 * tasks alone; so a server that was killed goes on where it was.
 */
@NullMarked
package dev.sternpost.server.maintenance;

import org.jspecify.annotations.NullMarked;
