/**
 * Hosts as the server sees them: the port through which commands go to agents, and what becomes of their reports.
 *
 * <p>A reconciler, not a task: reports are observations, they change what the inventory says about hosts and VMs and file
 * events, and order nothing.
 */
@NullMarked
package dev.sternpost.server.host;

import org.jspecify.annotations.NullMarked;
