/** Load balancing: feasibility, placement, entitlement, rules, balancing and recommendations with reasons. */
@NullMarked
package dev.sternpost.drs;

import org.jspecify.annotations.NullMarked;
