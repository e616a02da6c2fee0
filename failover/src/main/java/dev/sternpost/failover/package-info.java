/**
 * Hosts for virtual machines that high availability starts again, chosen by the planner of load balancing under the rules of the cluster.
 */
@NullMarked
package dev.sternpost.failover;

import org.jspecify.annotations.NullMarked;
