/** Talking to QEMU: lines of JSON over unix sockets. */
@NullMarked
package dev.sternpost.agent.engine.qmp;

import org.jspecify.annotations.NullMarked;
