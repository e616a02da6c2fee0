package dev.sternpost.vmotion.precopy;

import java.util.Locale;

/**
 * What is expected of a pre-copy, before it or while it goes. Where it is not likely to converge, the other figures are of the cases
 * in which it does; when there are none, of how it would end at the time allowed.
 *
 * @param convergence how likely it is to converge, 0 to 1
 * @param totalMillis from now until the guest runs at the target
 * @param pauseMillis how long the guest stands still
 * @param sentBytes from now on
 * @param rounds from now on
 * @param load how the guest writes, most likely
 * @param bandwidthBytesPerSecond counted on
 */
public record PrecopyForecast(
        double convergence,
        Range totalMillis,
        Range pauseMillis,
        Range sentBytes,
        Range rounds,
        WriteLoad load,
        double bandwidthBytesPerSecond) {

    /** Whether it converges, more likely than not. */
    public boolean converges() {
        return convergence >= 0.5;
    }

    /** Whether it is as good as sure that it does not. */
    public boolean hopeless() {
        return convergence < 0.1;
    }

    /** "expected 12-15 s, pause 40-80 ms", or that it will not, or may not, converge. */
    public String sentence() {
        if (!converges()) {
            return String.format(
                    Locale.ROOT,
                    "%s converge: the guest dirties %s/s of a hot set of %s and the stream carries %s/s",
                    hopeless() ? "will not" : "may not",
                    bytes(load.writeBytesPerSecond()),
                    bytes(load.hotSetBytes()),
                    bytes(bandwidthBytesPerSecond));
        }
        return "expected " + seconds(totalMillis) + ", pause " + Math.round(pauseMillis.low()) + "-"
                + Math.round(pauseMillis.high()) + " ms";
    }

    private static String seconds(Range millis) {
        int digits = millis.high() < 10_000 ? 1 : 0;
        String format = "%." + digits + "f-%." + digits + "f s";
        return String.format(Locale.ROOT, format, millis.low() / 1000, millis.high() / 1000);
    }

    static String bytes(double bytes) {
        if (bytes >= 10L << 30) {
            return String.format(Locale.ROOT, "%.0f GiB", bytes / (1 << 30));
        }
        return bytes >= 10 << 20
                ? String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20))
                : String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
    }
}
