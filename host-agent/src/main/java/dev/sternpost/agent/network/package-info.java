/** Networks of a host: making and removing the ports of virtual machines. */
@NullMarked
package dev.sternpost.agent.network;

import org.jspecify.annotations.NullMarked;
