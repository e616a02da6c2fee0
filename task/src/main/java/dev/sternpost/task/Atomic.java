package dev.sternpost.task;

import java.util.function.Supplier;

/**
 * Runs work in one transaction that a {@link TaskStore} and the effects of local steps join: all of it is kept, or
 * nothing when the work throws.
 */
@FunctionalInterface
public interface Atomic {
    <T> T run(Supplier<T> work);
}
