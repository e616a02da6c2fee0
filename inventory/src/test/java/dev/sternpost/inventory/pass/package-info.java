@NullMarked
package dev.sternpost.inventory.pass;

import org.jspecify.annotations.NullMarked;
