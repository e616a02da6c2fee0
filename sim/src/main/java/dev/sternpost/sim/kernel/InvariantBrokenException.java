package dev.sternpost.sim.kernel;

/** An invariant does not hold: the message names it, the seed, the moment and the event after which it was found. */
public final class InvariantBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvariantBrokenException(String message) {
        super(message);
    }
}
