package dev.sternpost.ha.monitoring;

/**
 * How a guest is watched.
 *
 * @param failureMillis a guest of which nothing was heard for so long, and that did nothing on disk or network either, hangs
 * @param uptimeMillisMin not within this time after its start or reset
 * @param resetsMax at most so many resets within the window
 * @param windowMillis the window
 */
public record GuestMonitoring(long failureMillis, long uptimeMillisMin, int resetsMax, long windowMillis) {
    /** Most resets that can be asked for. */
    public static final int RESETS_MAX = 100;

    /** The field's usual "high" sensitivity: half a minute of silence, two minutes after the start, three resets an hour. */
    public static final GuestMonitoring HIGH = new GuestMonitoring(30_000, 120_000, 3, 3_600_000);

    /** A minute of silence, four minutes after the start, three resets a day. */
    public static final GuestMonitoring MEDIUM = new GuestMonitoring(60_000, 240_000, 3, 24 * 3_600_000L);

    /** Two minutes of silence, eight minutes after the start, three resets a week. */
    public static final GuestMonitoring LOW = new GuestMonitoring(120_000, 480_000, 3, 7 * 24 * 3_600_000L);

    public GuestMonitoring {
        if (failureMillis < 1 || uptimeMillisMin < 0 || windowMillis < failureMillis) {
            throw new IllegalArgumentException("a guest is given some time, and the window is not shorter than that");
        }
        if (resetsMax < 1 || resetsMax > RESETS_MAX) {
            throw new IllegalArgumentException("resets lie between 1 and " + RESETS_MAX + ", not " + resetsMax);
        }
    }
}
