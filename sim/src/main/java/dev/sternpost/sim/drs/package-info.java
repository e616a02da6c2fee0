/**
 * A simulated cluster under the real planner: VMs want what a script says, hosts deliver what they have, demand is measured and estimated, load
 * balancing looks at it every minute, and migrations take their time. {@link dev.sternpost.sim.drs.ClusterStory} is where to start.
 */
@NullMarked
package dev.sternpost.sim.drs;

import org.jspecify.annotations.NullMarked;
