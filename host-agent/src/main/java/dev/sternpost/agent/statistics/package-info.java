/**
 * What this host and its virtual machines use: read in rounds, kept for an hour, handed to the server when it has time. A
 * condition that must hold, not a task: there is always a next round.
 */
@NullMarked
package dev.sternpost.agent.statistics;

import org.jspecify.annotations.NullMarked;
