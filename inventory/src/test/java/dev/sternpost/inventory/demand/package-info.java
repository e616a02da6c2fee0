@NullMarked
package dev.sternpost.inventory.demand;

import org.jspecify.annotations.NullMarked;
