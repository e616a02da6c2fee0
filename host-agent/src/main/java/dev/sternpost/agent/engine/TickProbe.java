package dev.sternpost.agent.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A channel on which a willing guest ticks, to measure pauses as the guest sees them. The agent is connected from the
 * start, on the target of a live migration too, before the guest runs there. A guest without the ticker is silent.
 */
public interface TickProbe {

    /** Ticks kept for {@link #recent}. */
    int RECENT_TICKS_MAX = 1024;

    /** Asks the guest to tick. Returns at once; {@link #awaitTick} tells whether it does. Clears what was kept. */
    void start(int intervalMillis);

    /** Asks the guest to stop ticking. */
    void stop();

    /** The last tick that arrived since {@link #start} or, on a target, since launch. */
    Optional<Tick> last();

    /** The last ticks in order of arrival, at most {@value #RECENT_TICKS_MAX}. */
    List<Tick> recent();

    /** Waits for a tick with a sequence number above this one; empty when the time is up. -1 for any. */
    Optional<Tick> awaitTick(long sequenceAbove, Duration timeout);
}
