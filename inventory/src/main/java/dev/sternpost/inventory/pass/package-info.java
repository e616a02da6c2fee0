/** Passes of load balancing, as they are kept: what each came to at a glance, and its whole content as bytes. */
@NullMarked
package dev.sternpost.inventory.pass;

import org.jspecify.annotations.NullMarked;
