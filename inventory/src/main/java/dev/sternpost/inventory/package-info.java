/** The nouns of the datacenter: typed ids, quantities, immutable records, snapshots and faults. */
@NullMarked
package dev.sternpost.inventory;

import org.jspecify.annotations.NullMarked;
