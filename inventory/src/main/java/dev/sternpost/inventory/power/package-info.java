/**
 * Power management as it is set up: of clusters, how much is done; of hosts, how each is woken and whether it has shown that it
 * can be. Not part of the inventory's snapshot, since it holds what only the server itself may see.
 */
@NullMarked
package dev.sternpost.inventory.power;

import org.jspecify.annotations.NullMarked;
