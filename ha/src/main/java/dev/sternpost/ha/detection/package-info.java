/**
 * Whether a host is heard: the server's own look at its agents. A condition, not a task; it only says what changed. The
 * cluster's failure detection, which runs on the hosts, is another machine with other evidence.
 */
@NullMarked
package dev.sternpost.ha.detection;

import org.jspecify.annotations.NullMarked;
