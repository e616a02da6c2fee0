/** What load balancing has learnt of demand, in PostgreSQL. */
@NullMarked
package dev.sternpost.db.demand;

import org.jspecify.annotations.NullMarked;
