@NullMarked
package dev.sternpost.inventory.store;

import org.jspecify.annotations.NullMarked;
