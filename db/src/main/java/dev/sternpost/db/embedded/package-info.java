/** The PostgreSQL that comes with the product: unpacked, initialised, started, watched and stopped by the server. */
@NullMarked
package dev.sternpost.db.embedded;

import org.jspecify.annotations.NullMarked;
