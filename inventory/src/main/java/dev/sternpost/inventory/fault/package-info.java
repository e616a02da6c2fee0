/** What goes wrong, in a form that programs and people can act on. Knows no other package. */
@NullMarked
package dev.sternpost.inventory.fault;

import org.jspecify.annotations.NullMarked;
