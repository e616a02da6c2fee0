@NullMarked
package dev.sternpost.inventory.power;

import org.jspecify.annotations.NullMarked;
