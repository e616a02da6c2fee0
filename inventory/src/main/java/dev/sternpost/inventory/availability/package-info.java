/** What the server remembers of what it told hosts of high availability. */
@NullMarked
package dev.sternpost.inventory.availability;

import org.jspecify.annotations.NullMarked;
