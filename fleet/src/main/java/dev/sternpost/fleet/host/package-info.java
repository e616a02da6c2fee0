/** Hosts on which nothing runs, and what a server takes for their virtual machines: state, fences, demand, faults. */
@NullMarked
package dev.sternpost.fleet.host;

import org.jspecify.annotations.NullMarked;
