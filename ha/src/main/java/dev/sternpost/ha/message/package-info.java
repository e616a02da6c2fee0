/**
 * What hosts say to each other over the network. Nothing of it is trusted for safety; it is the leases and locks that are.
 */
@NullMarked
package dev.sternpost.ha.message;

import org.jspecify.annotations.NullMarked;
