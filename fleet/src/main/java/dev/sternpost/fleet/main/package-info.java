/** The process: settings, start and end, and the control socket. */
@NullMarked
package dev.sternpost.fleet.main;

import org.jspecify.annotations.NullMarked;
