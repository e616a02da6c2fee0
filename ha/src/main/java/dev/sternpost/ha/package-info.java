/** High availability: failure detection, coordinator and host state machines, admission control, failover plan. */
@NullMarked
package dev.sternpost.ha;

import org.jspecify.annotations.NullMarked;
