/**
 * Power management: hosts that are not needed sleep, and are woken when they are. What to do is thought out in module {@code drs};
 * here it is set up, looked at every so often, recommended or done. Putting a host into stand-by and waking it are tasks; the loop
 * ({@link dev.sternpost.server.power.PowerLoop}) is a reconciler that files them. A host that did not wake is left alone.
 */
@NullMarked
package dev.sternpost.server.power;

import org.jspecify.annotations.NullMarked;
