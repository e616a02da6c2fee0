@NullMarked
package dev.sternpost.inventory.event;

import org.jspecify.annotations.NullMarked;
