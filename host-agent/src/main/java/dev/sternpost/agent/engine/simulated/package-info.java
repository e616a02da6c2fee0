/**
 * An engine without processes, for tests and rehearsals: guests are small memories that are really written, tracked in
 * a real dirty bitmap and really sent over sockets, so that everything around an engine can be exercised without QEMU.
 */
@NullMarked
package dev.sternpost.agent.engine.simulated;

import org.jspecify.annotations.NullMarked;
