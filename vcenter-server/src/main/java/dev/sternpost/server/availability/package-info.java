/**
 * What server and hosts say to each other of high availability: configuration down, state and happenings up. A condition, not a task. The
 * agent link maps it; {@code server.ha} decides it.
 */
@NullMarked
package dev.sternpost.server.availability;

import org.jspecify.annotations.NullMarked;
