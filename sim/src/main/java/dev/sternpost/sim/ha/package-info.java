/**
 * A cluster under high availability: the shipped guard and host machines of every host, on simulated clocks, a network, a datastore and
 * virtual machines that fail in every way there is, with the promises checked after every event.
 */
@NullMarked
package dev.sternpost.sim.ha;

import org.jspecify.annotations.NullMarked;
