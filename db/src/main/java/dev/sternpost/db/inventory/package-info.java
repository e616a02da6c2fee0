/** Rows of managed objects, their change log, events and audit trail. */
@NullMarked
package dev.sternpost.db.inventory;

import org.jspecify.annotations.NullMarked;
