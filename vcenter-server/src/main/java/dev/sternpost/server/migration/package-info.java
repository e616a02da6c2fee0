/**
 * Moving a VM to another host: running, by live migration; off or suspended, by giving it to the other host. Both are tasks.
 *
 * <p>The order of the steps, and why a kill at any of them is safe, is told in {@link
 * dev.sternpost.server.migration.LiveMigration}.
 */
@NullMarked
package dev.sternpost.server.migration;

import org.jspecify.annotations.NullMarked;
