/** The engine that runs virtual machines on QEMU. */
@NullMarked
package dev.sternpost.agent.engine.qemu;

import org.jspecify.annotations.NullMarked;
