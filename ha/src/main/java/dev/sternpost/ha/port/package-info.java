/**
 * How the machines meet the world: inputs that come in, effects that go out. Time is an input.
 */
@NullMarked
package dev.sternpost.ha.port;

import org.jspecify.annotations.NullMarked;
