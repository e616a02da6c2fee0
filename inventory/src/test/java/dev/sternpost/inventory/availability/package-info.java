@NullMarked
package dev.sternpost.inventory.availability;

import org.jspecify.annotations.NullMarked;
