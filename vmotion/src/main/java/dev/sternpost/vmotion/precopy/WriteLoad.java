package dev.sternpost.vmotion.precopy;

/**
 * How a guest writes its memory. Bytes and bytes per second.
 *
 * @param kind in what order
 * @param hotSetBytes memory it writes again and again (W)
 * @param writeBytesPerSecond how fast (r), counted again when a page is written again
 */
public record WriteLoad(WriteKind kind, double hotSetBytes, double writeBytesPerSecond) {

    /** A guest that writes nothing. */
    public static final WriteLoad IDLE = new WriteLoad(WriteKind.RANDOM, 0, 0);

    public WriteLoad {
        if (!(hotSetBytes >= 0 && writeBytesPerSecond >= 0)) {
            throw new IllegalArgumentException("a guest writes something or nothing");
        }
    }

    /** Bytes that have to be sent again after so long: u(t). */
    public double uniqueBytes(double seconds) {
        return switch (kind) {
            case RANDOM -> PrecopyModel.uniqueBytesUniform(hotSetBytes, writeBytesPerSecond, seconds);
            case CYCLIC -> PrecopyModel.uniqueBytesCyclic(hotSetBytes, writeBytesPerSecond, seconds);
        };
    }

    /** Write rate by bandwidth: λ. */
    public double lambda(double bandwidthBytesPerSecond) {
        return writeBytesPerSecond / bandwidthBytesPerSecond;
    }

    /** Bytes that are left however long pre-copy runs: V*. */
    public double residualBytes(double bandwidthBytesPerSecond) {
        double lambda = lambda(bandwidthBytesPerSecond);
        return switch (kind) {
            case RANDOM -> hotSetBytes * PrecopyModel.residualShareUniform(lambda);
            case CYCLIC -> lambda < 1 ? 0 : hotSetBytes;
        };
    }

    /** The highest write rate with which pre-copy just converges to a pause; infinite when none is too high. */
    public double writeRateMax(double bandwidthBytesPerSecond, double downtimeSeconds) {
        return switch (kind) {
            case RANDOM -> PrecopyModel.writeRateMaxUniform(hotSetBytes, bandwidthBytesPerSecond, downtimeSeconds);
            case CYCLIC ->
                hotSetBytes <= bandwidthBytesPerSecond * downtimeSeconds
                        ? Double.POSITIVE_INFINITY
                        : bandwidthBytesPerSecond;
        };
    }

    /** The share of its time that must be taken from the guest so that pre-copy just converges: 0 when it does anyway. */
    public double throttleShareMin(double bandwidthBytesPerSecond, double downtimeSeconds) {
        double most = writeRateMax(bandwidthBytesPerSecond, downtimeSeconds);
        return writeBytesPerSecond <= most ? 0 : 1 - most / writeBytesPerSecond;
    }

    /** The same guest with a share of its time taken from it. */
    public WriteLoad throttled(double share) {
        return share == 0 ? this : new WriteLoad(kind, hotSetBytes, writeBytesPerSecond * (1 - share));
    }
}
