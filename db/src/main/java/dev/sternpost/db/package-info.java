/** Persistence: migrations, rows, repositories, implementations of the ports, embedded PostgreSQL. */
@NullMarked
package dev.sternpost.db;

import org.jspecify.annotations.NullMarked;
