package dev.sternpost.drs.power;

/**
 * How an administrator wants power saved.
 *
 * @param enabled whether at all
 * @param useTarget how full the hosts that are on should be, as a part of CPU or memory, whichever is more
 * @param useTolerance how far off that they may be: above, hosts are woken, below, they are put into stand-by
 * @param hostsMin hosts that always stay on
 * @param stateSeconds how long a host stays on or in stand-by before that is changed
 */
public record PowerPolicy(boolean enabled, double useTarget, double useTolerance, int hostsMin, int stateSeconds) {
    public PowerPolicy {
        if (!(useTolerance >= 0 && useTarget - useTolerance >= 0 && useTarget + useTolerance <= 1)) {
            throw new IllegalArgumentException(
                    "use lies between 0 and 1: %s, %s off".formatted(useTarget, useTolerance));
        }
        if (hostsMin < 1 || stateSeconds < 0) {
            throw new IllegalArgumentException("at least one host stays on, and times are not negative");
        }
    }

    /** Off, with the field's figures: 63 % with 18 % to either side, two hosts on, twenty minutes. */
    public static PowerPolicy standard() {
        return new PowerPolicy(false, 0.63, 0.18, 2, 1_200);
    }

    /** The same, switched on. */
    public PowerPolicy on() {
        return new PowerPolicy(true, useTarget, useTolerance, hostsMin, stateSeconds);
    }

    /** The same, switched off. */
    public PowerPolicy off() {
        return new PowerPolicy(false, useTarget, useTolerance, hostsMin, stateSeconds);
    }
}
