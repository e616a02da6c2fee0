package dev.sternpost.vmotion.precopy;

/**
 * What a live migration takes besides sending memory.
 *
 * @param setupMillis until the first page is sent
 * @param roundMillis between the last byte of a round and the reading of the bitmap
 * @param finishMillis from the decision to the guest running at the target, without the pages of the pause
 * @param pauseMillis of that, what the guest stands still besides the sending of pages: devices, round trips, the start at
 *     the target
 */
public record EngineCost(double setupMillis, double roundMillis, double finishMillis, Range pauseMillis) {

    /** Nothing: for formulae. */
    public static final EngineCost NONE = new EngineCost(0, 0, 0, Range.exactly(0));

    /** As measured with QEMU between two agents. */
    public static final EngineCost QEMU = new EngineCost(60, 280, 350, new Range(12, 35, 90));

    public EngineCost {
        if (!(setupMillis >= 0 && roundMillis >= 0 && finishMillis >= 0 && pauseMillis.low() >= 0)) {
            throw new IllegalArgumentException("an engine gives no time back");
        }
    }
}
