/** The engine SPI: what a host can do with one running virtual machine, whatever runs it. */
@NullMarked
package dev.sternpost.agent.engine;

import org.jspecify.annotations.NullMarked;
