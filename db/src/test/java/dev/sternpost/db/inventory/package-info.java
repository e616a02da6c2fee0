@NullMarked
package dev.sternpost.db.inventory;

import org.jspecify.annotations.NullMarked;
