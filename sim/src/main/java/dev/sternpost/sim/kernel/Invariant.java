package dev.sternpost.sim.kernel;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that holds after every event.
 *
 * @param name by which a failure is known
 * @param breach what is wrong, in words; empty when it holds
 */
public record Invariant(String name, Supplier<Optional<String>> breach) {}
