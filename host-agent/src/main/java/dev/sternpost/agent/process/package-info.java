/** Programs of the host, run with a bound on time and output. */
@NullMarked
package dev.sternpost.agent.process;

import org.jspecify.annotations.NullMarked;
