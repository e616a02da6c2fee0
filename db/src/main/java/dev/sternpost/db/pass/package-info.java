/** Passes of load balancing in PostgreSQL. */
@NullMarked
package dev.sternpost.db.pass;

import org.jspecify.annotations.NullMarked;
