/** What load balancing has learnt of the demand of virtual machines, kept so that a restart does not forget their days. */
@NullMarked
package dev.sternpost.inventory.demand;

import org.jspecify.annotations.NullMarked;
