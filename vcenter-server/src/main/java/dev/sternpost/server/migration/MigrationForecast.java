package dev.sternpost.server.migration;

import dev.sternpost.vmotion.precopy.PrecopyForecast;
import dev.sternpost.vmotion.precopy.Range;

/**
 * What is expected of a live migration, as it is told before it and kept with it.
 *
 * @param convergence how likely the rounds alone are to converge, 0 to 1
 * @param totalMillis from the first byte to the guest running at the target
 * @param pauseMillis guest-seen pause
 * @param sentBytes in all
 * @param rounds needed
 * @param hotSetBytes memory the guest writes again and again
 * @param writeBytesPerSecond how fast it does
 * @param bandwidthBytesPerSecond counted on
 * @param sentence the same for people
 * @param basis what it rests on
 */
public record MigrationForecast(
        double convergence,
        Range totalMillis,
        Range pauseMillis,
        long sentBytes,
        int rounds,
        long hotSetBytes,
        long writeBytesPerSecond,
        long bandwidthBytesPerSecond,
        String sentence,
        String basis) {

    static MigrationForecast of(PrecopyForecast forecast, String basis) {
        return new MigrationForecast(
                forecast.convergence(),
                forecast.totalMillis(),
                forecast.pauseMillis(),
                Math.round(forecast.sentBytes().expected()),
                (int) forecast.rounds().expected(),
                Math.round(forecast.load().hotSetBytes()),
                Math.round(forecast.load().writeBytesPerSecond()),
                Math.round(forecast.bandwidthBytesPerSecond()),
                forecast.sentence(),
                basis);
    }
}
