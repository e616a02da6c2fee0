package dev.sternpost.server.powercontrol;

import java.time.Duration;

/**
 * The power of one machine. Calls block, each at most {@link #TIME_MAX}, may be repeated, and fail only by their answer.
 */
public interface PowerControl {
    /** Longest a call takes. */
    Duration TIME_MAX = Duration.ofSeconds(30);

    /** Asks. */
    PowerAnswer state();

    /** Switches on. */
    PowerAnswer on();

    /** Cuts the power, whatever the machine is doing. */
    PowerAnswer off();
}
