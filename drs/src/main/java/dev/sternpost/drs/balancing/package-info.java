/**
 * Moves VMs to where they are better off: one after the other, each time the one move that gains most beyond what it costs, until
 * none gains more. Whoever moved lately stays, and does not go back for a while, so that nothing swings to and fro.
 */
@NullMarked
package dev.sternpost.drs.balancing;

import org.jspecify.annotations.NullMarked;
