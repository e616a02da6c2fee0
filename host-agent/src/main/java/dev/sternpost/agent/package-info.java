/** The host agent: the process that runs the virtual machines of one host. */
@NullMarked
package dev.sternpost.agent;

import org.jspecify.annotations.NullMarked;
