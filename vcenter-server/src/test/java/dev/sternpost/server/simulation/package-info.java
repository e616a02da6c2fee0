/** Hosts that are nothing but their rules: what workflows are tested against. */
@NullMarked
package dev.sternpost.server.simulation;

import org.jspecify.annotations.NullMarked;
