@NullMarked
package dev.sternpost.inventory.fault;

import org.jspecify.annotations.NullMarked;
