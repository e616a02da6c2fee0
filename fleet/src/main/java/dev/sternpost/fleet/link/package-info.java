/** The stream of each simulated host to the server, all of them on a few threads. */
@NullMarked
package dev.sternpost.fleet.link;

import org.jspecify.annotations.NullMarked;
