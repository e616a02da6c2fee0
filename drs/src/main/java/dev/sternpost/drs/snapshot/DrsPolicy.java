package dev.sternpost.drs.snapshot;

import java.util.Objects;

/**
 * How an administrator wants a cluster balanced.
 *
 * @param automation what is done without asking
 * @param migrationThreshold from 1, only what rules and maintenance demand, to 5, everything that is worth its cost
 * @param movesMax most moves for balance in one pass; what rules and maintenance demand does not count
 * @param stableSeconds how long a balanced cluster is taken to stay so: the time a move has to pay for itself
 * @param residenceSeconds how long a VM stays where it came to
 * @param returnSeconds how long a VM does not go back to the host it left
 * @param contentionWeight what sharing a full host costs a VM even when everybody gets what they want, as a part of its
 *     demand; what makes an even load better than an uneven one before anybody lacks anything
 */
public record DrsPolicy(
        AutomationLevel automation,
        int migrationThreshold,
        int movesMax,
        int stableSeconds,
        int residenceSeconds,
        int returnSeconds,
        double contentionWeight) {

    public static final int THRESHOLD_MIN = 1;
    public static final int THRESHOLD_MAX = 5;

    public DrsPolicy {
        Objects.requireNonNull(automation, "automation");
        if (migrationThreshold < THRESHOLD_MIN || migrationThreshold > THRESHOLD_MAX) {
            throw new IllegalArgumentException("a migration threshold lies between %d and %d, not %d"
                    .formatted(THRESHOLD_MIN, THRESHOLD_MAX, migrationThreshold));
        }
        if (movesMax < 0 || stableSeconds < 1 || residenceSeconds < 0 || returnSeconds < 0) {
            throw new IllegalArgumentException("times and numbers of moves are not negative");
        }
        if (!(contentionWeight > 0 && contentionWeight <= 1)) {
            throw new IllegalArgumentException("the weight of contention lies between 0 and 1: " + contentionWeight);
        }
    }

    /** Fully automated, threshold 3, at most 20 moves a pass, half an hour before a VM may go back. */
    public static DrsPolicy standard() {
        return new DrsPolicy(AutomationLevel.FULLY_AUTOMATED, 3, 20, 3600, 300, 1800, 0.1);
    }

    public DrsPolicy withAutomation(AutomationLevel newAutomation) {
        return new DrsPolicy(
                newAutomation,
                migrationThreshold,
                movesMax,
                stableSeconds,
                residenceSeconds,
                returnSeconds,
                contentionWeight);
    }

    public DrsPolicy withMigrationThreshold(int newThreshold) {
        return new DrsPolicy(
                automation, newThreshold, movesMax, stableSeconds, residenceSeconds, returnSeconds, contentionWeight);
    }

    public DrsPolicy withMovesMax(int newMovesMax) {
        return new DrsPolicy(
                automation,
                migrationThreshold,
                newMovesMax,
                stableSeconds,
                residenceSeconds,
                returnSeconds,
                contentionWeight);
    }
}
