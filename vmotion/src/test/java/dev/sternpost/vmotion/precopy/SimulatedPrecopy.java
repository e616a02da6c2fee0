package dev.sternpost.vmotion.precopy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pre-copy of a {@link SimulatedGuest} over a link of fixed bandwidth, led by a {@link ConvergenceControl}. */
final class SimulatedPrecopy {
    private static final int ROUNDS_MAX = 2_000;

    private final SimulatedGuest guest;
    private final ConvergenceControl control;
    private final PrecopyLimits limits;
    private double bandwidth;

    final List<PrecopyDecision> decisions = new ArrayList<>();
    final List<PrecopyRound> rounds = new ArrayList<>();
    double seconds;
    double sentBytes;
    double pauseMillis;
    double slowedSeconds;
    boolean converged;
    /** What was said at the end of the second round; empty when it had converged. */
    Optional<PrecopyForecast> early = Optional.empty();

    SimulatedPrecopy(SimulatedGuest guest, ConvergenceControl control, PrecopyLimits limits, double bandwidth) {
        this.guest = guest;
        this.control = control;
        this.limits = limits;
        this.bandwidth = bandwidth;
    }

    SimulatedPrecopy run() {
        double left = guest.notZeroBytes();
        for (int number = 1; number <= ROUNDS_MAX; number++) {
            double round = left / bandwidth;
            sentBytes += left;
            guest.run(round);
            seconds += round;
            slowedSeconds += round * control.throttleShare();
            left = guest.takeDirtyBytes();
            rounds.add(new PrecopyRound(number, 0, (long) left, 0, Math.max(1, Math.round(round * 1000))));
            List<PrecopyRound> reported = new ArrayList<>(rounds);
            reported.add(new PrecopyRound(number + 1, 0, (long) left, 0, 0));
            PrecopyDecision decision = control.decide(
                    new PrecopyProgress(reported, (long) left, (long) bandwidth, Math.round(seconds * 1000)));
            if (number == ConvergenceControl.ROUNDS_TO_JUDGE && !(decision instanceof PrecopyDecision.SwitchOver)) {
                early = control.forecast();
            }
            if (!(decision instanceof PrecopyDecision.Continue)) {
                decisions.add(decision);
            }
            switch (decision) {
                case PrecopyDecision.Continue _ -> {}
                case PrecopyDecision.RaiseBandwidth raise -> bandwidth = raise.bandwidthBytesPerSecond();
                case PrecopyDecision.Throttle throttle -> guest.throttle(throttle.share());
                case PrecopyDecision.SwitchOver _ -> {
                    pauseMillis = left * 1000 / bandwidth;
                    seconds += pauseMillis / 1000;
                    sentBytes += left;
                    converged = true;
                    return this;
                }
                case PrecopyDecision.PostCopy _, PrecopyDecision.GiveUp _ -> {
                    return this;
                }
            }
        }
        throw new AssertionError("no end after " + ROUNDS_MAX + " rounds within " + limits);
    }
}
