/** The nouns of the datacenter: typed ids, immutable records, and the versioned snapshot that readers are given. */
@NullMarked
package dev.sternpost.inventory;

import org.jspecify.annotations.NullMarked;
