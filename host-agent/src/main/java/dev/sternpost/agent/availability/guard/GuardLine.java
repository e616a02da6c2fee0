package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;

/** The agent's line to its guard. */
public interface GuardLine extends AutoCloseable {

    /** Hears the guard, on the line's thread. */
    interface Listener {
        /** The lease is good for so long, or over. */
        void lease(Effect.LeaseIs lease);

        /** Whether the guard can stop virtual machines, and how it knows. */
        void fence(boolean works, String words);

        /** Something happened. */
        void happened(Happening happening);
    }

    /** Begins to see to it that a guard runs. */
    void start();

    /** The agent lives; to be said several times a second. */
    void agentLives(boolean isolated);

    /** Whether the guard is there. */
    boolean isUp();

    /** Has the guard end for good: this host keeps nothing up any more. */
    void end();

    /** Lets go of the guard, which goes on. */
    @Override
    void close();
}
