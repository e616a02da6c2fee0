/**
 * What VMs will want and what hosts suffer, from what they were seen to do: smoothed so that a moment's noise moves nothing, corrected for what
 * VMs were kept waiting for, and looked ahead by an hour from the same hours of the days before. Stateful, but pure: samples in, estimate out, time
 * is in the samples. {@link dev.sternpost.drs.demand.DemandModel} is where to start.
 */
@NullMarked
package dev.sternpost.drs.demand;

import org.jspecify.annotations.NullMarked;
