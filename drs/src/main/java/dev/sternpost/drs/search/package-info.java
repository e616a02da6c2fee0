/** The best host for a unit: one search for VMs that are new, powered on, evacuated, restarted or put right. */
@NullMarked
package dev.sternpost.drs.search;

import org.jspecify.annotations.NullMarked;
