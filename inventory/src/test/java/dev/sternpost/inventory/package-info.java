@NullMarked
package dev.sternpost.inventory;

import org.jspecify.annotations.NullMarked;
