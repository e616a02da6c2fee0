package dev.sternpost.task;

import java.util.function.Supplier;

/**
 * Runs work in one transaction that a {@link TaskStore} and the effects of local steps join: all of it is kept, or
 * nothing when the work throws.
 */
@FunctionalInterface
public interface Atomic {
    <T> T run(Supplier<T> work);

    /**
     * The same, in a transaction that others who ask at the same time may share, so that one wait for the disk is enough for all of
     * them. Nobody is refused for what another did.
     *
     * @param work uses nothing but stores that take part, waits for nobody, and comes out the same when it is asked again: it may be, and
     *     by another thread
     */
    default <T> T runShared(Supplier<T> work) {
        return run(work);
    }
}
