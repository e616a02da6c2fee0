/**
 * High availability on this host: what the server told it, kept and carried out whether the server is there or not.
 */
@NullMarked
package dev.sternpost.agent.availability;

import org.jspecify.annotations.NullMarked;
