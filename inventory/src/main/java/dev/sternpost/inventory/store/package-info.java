/**
 * Where the inventory is kept: the port {@link dev.sternpost.inventory.store.InventoryStore}, and
 * {@link dev.sternpost.inventory.store.Inventory}, which holds the current snapshot and through which all writes go.
 */
@NullMarked
package dev.sternpost.inventory.store;

import org.jspecify.annotations.NullMarked;
