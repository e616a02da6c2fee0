/** What happened to managed objects, kept in the order it was committed. */
@NullMarked
package dev.sternpost.inventory.event;

import org.jspecify.annotations.NullMarked;
