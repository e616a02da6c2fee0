/** Settings of power management in PostgreSQL. */
@NullMarked
package dev.sternpost.db.power;

import org.jspecify.annotations.NullMarked;
