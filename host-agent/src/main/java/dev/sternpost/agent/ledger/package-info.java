/**
 * What an agent must not forget: its incarnation, the virtual machines it is responsible for with the highest generation
 * accepted for each, the results of commands until the server has stored them, and events until they are acknowledged. A
 * directory of small files, each replaced whole, so that the process may die at any instant. Knows nothing of engines or
 * wires.
 */
@NullMarked
package dev.sternpost.agent.ledger;

import org.jspecify.annotations.NullMarked;
