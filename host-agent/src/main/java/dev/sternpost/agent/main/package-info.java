/** The agent's process: reads its settings, enrols when need be, puts the parts together, and ends in good order. */
@NullMarked
package dev.sternpost.agent.main;

import org.jspecify.annotations.NullMarked;
