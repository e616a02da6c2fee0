package dev.sternpost.ha.timing;

/**
 * The times of the protocol, in milliseconds of each host's own monotonic clock, which must go on while the machine is suspended.
 *
 * <p>Safety is one inequality, checked here whenever times are chosen and, for {@link #DEFAULT}, when the class is loaded:
 *
 * <pre>{@code T_dead >= T_fail + T_watchdog + drift + I/O in flight}</pre>
 *
 * <p>A host counts its lease from the <em>beginning</em> of its last good renewal, an observer from the <em>end</em> of the read that first
 * showed that renewal. The host's virtual machines are stopped at most {@code fail + watchdog} after the first moment, and the first moment is
 * not after the second. A renewal that succeeded but is not visible yet makes the observer late by {@code inFlight}; clocks that run
 * differently by {@code drift}. So whoever saw a lease unmoved for {@code dead} knows that nothing runs under it. It need not be one observer:
 * what another one read first, he tells as an age, to which the way to whoever believes him can only add; each piece of the time is measured by
 * some clock within {@code drift}, and so is the whole.
 *
 * @param renewMillis from one renewal of a host's lease to the next
 * @param failMillis a host that has not renewed for so long stops its virtual machines
 * @param watchdogMillis within which they are stopped: by the guard, or by the machine's watchdog if the guard does not get to it
 * @param driftPpm by how much a clock may be wrong, in millionths
 * @param inFlightMillis from the beginning of a write until every host reads it, or never will
 * @param deadMillis a lease that has not moved for so long is nobody's
 * @param observeMillis from one look at a lease to the next
 * @param coordinatorFailMillis a coordinator that has not renewed for so long is none any more
 * @param coordinatorDeadMillis the coordinator's lease may be taken when it has not moved for so long
 * @param heartbeatMillis from one network heartbeat to the next
 * @param silenceMillis a host that was not heard for so long is silent
 * @param isolationMillis a host that hears nobody for so long is isolated, and its virtual machines are treated accordingly
 */
public record HaTiming(
        long renewMillis,
        long failMillis,
        long watchdogMillis,
        int driftPpm,
        long inFlightMillis,
        long deadMillis,
        long observeMillis,
        long coordinatorFailMillis,
        long coordinatorDeadMillis,
        long heartbeatMillis,
        long silenceMillis,
        long isolationMillis) {
    /** How often the machines are told the time; every other time is a multiple of it or coarser. */
    public static final long TICK_MILLIS = 250;

    /** Renewals that may be lost one after the other without consequence. */
    private static final int RENEWALS_TO_SPARE = 3;

    /** A pause or stall of five seconds is ridden out; a host that died is known to be dead within fourteen and a half. */
    public static final HaTiming DEFAULT =
            new HaTiming(1_000, 8_000, 2_000, 5_000, 2_000, 12_500, 500, 4_000, 6_500, 1_000, 4_000, 10_000);

    /** For storage that is sometimes slow: rides out stalls of half a minute, and takes the longer to notice a death. */
    public static final HaTiming PATIENT =
            new HaTiming(2_000, 40_000, 4_000, 5_000, 5_000, 50_000, 1_000, 10_000, 16_000, 1_000, 6_000, 20_000);

    /** @throws IllegalArgumentException when the times do not keep two hosts from running the same virtual machine */
    public HaTiming {
        long smallest = Math.min(
                Math.min(Math.min(renewMillis, watchdogMillis), Math.min(observeMillis, heartbeatMillis)),
                inFlightMillis);
        if (smallest < TICK_MILLIS || driftPpm < 0) {
            throw new IllegalArgumentException("a time is shorter than a tick of " + TICK_MILLIS + " ms");
        }
        require("dead", deadMillis, failMillis + watchdogMillis + drift(deadMillis, driftPpm) + inFlightMillis);
        require(
                "coordinatorDead",
                coordinatorDeadMillis,
                coordinatorFailMillis + drift(coordinatorDeadMillis, driftPpm) + inFlightMillis);
        require("fail", failMillis, RENEWALS_TO_SPARE * renewMillis + inFlightMillis);
        require("coordinatorFail", coordinatorFailMillis, renewMillis + inFlightMillis);
        require("silence", silenceMillis, RENEWALS_TO_SPARE * heartbeatMillis);
        require("isolation", isolationMillis, silenceMillis);
        require(
                "dead, which should not be shorter than what a coordinator needs to be followed,",
                deadMillis,
                coordinatorDeadMillis);
    }

    private static void require(String name, long millis, long leastMillis) {
        if (millis < leastMillis) {
            throw new IllegalArgumentException(
                    "%s is %d ms, must be at least %d ms".formatted(name, millis, leastMillis));
        }
    }

    private static long drift(long millis, int ppm) {
        // One clock fast, the other slow.
        return (2L * millis * ppm + 999_999) / 1_000_000;
    }

    /** What two clocks may differ by while a lease is watched. */
    public long driftMillis() {
        return drift(deadMillis, driftPpm);
    }
}
