/**
 * The two machines of each host: the guard, which holds the host's lease and stops its virtual machines before anybody may start them elsewhere, and the host machine, which does everything else. Conditions that are held, not tasks.
 */
@NullMarked
package dev.sternpost.ha.host;

import org.jspecify.annotations.NullMarked;
