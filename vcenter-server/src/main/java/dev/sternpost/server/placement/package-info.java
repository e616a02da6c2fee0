/**
 * Where VMs that come to a host go: the planner's input as the inventory, the statistics and the tasks under way have it, and the
 * one place where a host is chosen and room on it promised, so that the last room is given once.
 */
@NullMarked
package dev.sternpost.server.placement;

import org.jspecify.annotations.NullMarked;
