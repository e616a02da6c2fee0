/** Brings a fleet into a server's inventory as an administrator would: tokens, enrolment, virtual machines. */
@NullMarked
package dev.sternpost.fleet.population;

import org.jspecify.annotations.NullMarked;
