package dev.sternpost.bench;

import dev.sternpost.vmotion.precopy.WriteKind;
import dev.sternpost.vmotion.precopy.WriteLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One point of the grid.
 *
 * @param hotSetMebibytes W
 * @param lambda write rate by bandwidth
 * @param bandwidthBytesPerSecond cap of the stream
 */
record MigrationPoint(int hotSetMebibytes, double lambda, long bandwidthBytesPerSecond, WriteKind kind) {
    static final long DOWNTIME_MILLIS = 300;
    private static final int FILLED_MEBIBYTES = 96;
    private static final int PAGES_PER_MEBIBYTE = 256;

    /** W × λ × cap: 3 × 5 × 3 = 45. The two orders take turns. */
    static List<MigrationPoint> grid() {
        return points(new int[] {8, 32, 80}, new double[] {0.1, 0.3, 0.5, 1.5, 2.5}, new long[] {25, 50, 100});
    }

    /** A part of it that takes some three minutes. */
    static List<MigrationPoint> some() {
        return points(new int[] {8, 80}, new double[] {0.1, 0.5, 2.5}, new long[] {50});
    }

    private static List<MigrationPoint> points(int[] hotSets, double[] lambdas, long[] megabytesPerSecond) {
        List<MigrationPoint> points = new ArrayList<>();
        for (int hotSet : hotSets) {
            for (double lambda : lambdas) {
                for (long bandwidth : megabytesPerSecond) {
                    WriteKind kind = points.size() % 2 == 0 ? WriteKind.RANDOM : WriteKind.CYCLIC;
                    points.add(new MigrationPoint(hotSet, lambda, bandwidth * 1_000_000, kind));
                }
            }
        }
        return points;
    }

    WriterGuest guest() {
        return new WriterGuest(
                FILLED_MEBIBYTES * PAGES_PER_MEBIBYTE,
                hotSetMebibytes * PAGES_PER_MEBIBYTE,
                lambda * bandwidthBytesPerSecond / WriterGuest.PAGE_BYTES,
                kind);
    }

    double filledBytes() {
        return FILLED_MEBIBYTES * (double) (1 << 20);
    }

    private WriteLoad load() {
        return new WriteLoad(kind, hotSetMebibytes * (double) (1 << 20), lambda * bandwidthBytesPerSecond);
    }

    /** Whether the rounds alone converge, by the closed forms. */
    boolean converges() {
        double fits = bandwidthBytesPerSecond * (DOWNTIME_MILLIS / 1e3);
        return load().residualBytes(bandwidthBytesPerSecond) <= fits || load().hotSetBytes() <= fits;
    }

    /** The least share of the guest's time that must be taken for it to converge. */
    double throttleShareMin() {
        return load().throttleShareMin(bandwidthBytesPerSecond, DOWNTIME_MILLIS / 1e3);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "W %d MiB, lambda %.1f, %d MB/s, %s",
                hotSetMebibytes,
                lambda,
                bandwidthBytesPerSecond / 1_000_000,
                kind == WriteKind.RANDOM ? "random" : "cyclic");
    }
}
