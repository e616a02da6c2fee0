package dev.sternpost.vmotion.precopy;

/**
 * One pass over the dirty bitmap. Bytes are guest memory as sent, rates are bytes per second.
 *
 * @param number 1 for the full pass
 * @param sentBytes sent in the round
 * @param remainingBytes left to send at its end, or now while it is under way
 * @param dirtyBytesPerSecond rate at which the guest dirtied memory
 * @param durationMillis length of the round so far
 */
public record PrecopyRound(
        int number, long sentBytes, long remainingBytes, long dirtyBytesPerSecond, long durationMillis) {

    public PrecopyRound {
        if (number < 1) {
            throw new IllegalArgumentException("a round's number begins at 1: " + number);
        }
        if (sentBytes < 0 || remainingBytes < 0 || dirtyBytesPerSecond < 0 || durationMillis < 0) {
            throw new IllegalArgumentException("a round's figures are not negative");
        }
    }
}
