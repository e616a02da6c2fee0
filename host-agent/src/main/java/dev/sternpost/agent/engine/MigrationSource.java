package dev.sternpost.agent.engine;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The source of a live migration by iterative pre-copy. The order of calls is: {@link #start}; {@link #progress} until
 * it is {@link MigrationProgress#converged converged}; get permission; {@link #requestSwitchover}; {@link
 * #awaitPreSwitchover}; (hand the lock over;) {@link #continueSwitchover}; {@link #awaitCompleted}. {@link #cancel} is
 * allowed until {@link #continueSwitchover}. The engine never lets the guest be stopped for good by itself: it always
 * waits before the switch-over, and the target must acknowledge the last byte.
 */
public interface MigrationSource {

    /**
     * Begins to copy memory to a unix socket on which someone already listens. As soon as what is left {@link
     * MigrationProgress#fits fits}, the engine holds: it copies next to nothing and the guest runs on, until {@link
     * #requestSwitchover}.
     *
     * @param socket inside {@link RunningVm#socketDirectory()}, so that the engine's process can reach it
     * @param bandwidthBytesPerSecond limit; 0 for none
     * @param downtimeMillisMax longest pause wanted, 1 to 60,000
     * @throws IllegalStateException when one is in progress or completed
     */
    void start(Path socket, long bandwidthBytesPerSecond, long downtimeMillisMax);

    /** How it stands, asked now. */
    MigrationProgress progress();

    /** The largest share of its time that can be taken from the guest; 0 where the engine cannot take any. */
    default double throttleShareMax() {
        return 0;
    }

    /**
     * Takes a share of its time from the guest, from now on until something else is said or the migration ends, however it
     * ends. Nothing is taken from the copying.
     *
     * @param share of what the guest used before anything was taken; 0 to {@link #throttleShareMax}
     */
    default void throttle(double share) {
        if (share > throttleShareMax()) {
            throw new IllegalArgumentException("no guest of this engine can be throttled by " + share);
        }
    }

    /** Milliseconds that were taken from the guest since the start, of one virtual CPU. */
    default double takenMillis() {
        return 0;
    }

    /** Lets the engine stop the guest once what is left fits into the pause. */
    void requestSwitchover(long downtimeMillisMax);

    /**
     * Waits until the guest is stopped at {@link MigrationPhase#PRE_SWITCHOVER}. MIGRATION_FAILED when the migration
     * ended instead, MIGRATION_NOT_CONVERGING when the time is up (nothing is cancelled then).
     */
    StopInstant awaitPreSwitchover(Duration timeout);

    /**
     * Sends the rest. From here on the guest runs here again only if the engine finds that the target did not get
     * everything. MIGRATION_FAILED when the migration no longer waits.
     */
    void continueSwitchover();

    /**
     * Waits until the target acknowledged everything. MIGRATION_FAILED when it did not and the guest runs here again;
     * OPERATION_TIMED_OUT when the time is up: then nobody knows, ask {@link #progress} again.
     */
    MigrationProgress awaitCompleted(Duration timeout);

    /**
     * Stops copying; the guest runs on. Returns the phase it ended in: CANCELLED or FAILED (the guest runs here), NONE,
     * or COMPLETED when it was too late. Repeating it is harmless.
     */
    MigrationPhase cancel();

    /**
     * When the guest's virtual CPUs stopped, by both clocks of this host.
     *
     * @param nanoTime {@link System#nanoTime()}
     * @param epochNanos wall clock since the epoch
     */
    record StopInstant(long nanoTime, long epochNanos) {}
}
