package dev.sternpost.drs.demand;

import java.nio.ByteBuffer;

/**
 * One figure over time: its level now, how far single samples stray from it, and its usual course over a day in quarters of an
 * hour. The level follows rises within a minute or so and falls within five, since taking too little for granted hurts more than taking too
 * much. Looking ahead, the usual course is shifted by how far the level strays from it now, and that fades: a seasonal profile
 * with a first-order autoregressive remainder (Box and Jenkins, Time Series Analysis, 1970; smoothing after Holt and Winters, 1960).
 */
final class SeasonalCourse {
    /** Slots of a quarter of an hour. */
    static final int SLOTS = 96;

    static final int SLOT_SECONDS = 86_400 / SLOTS;

    /** Slots of the hour ahead. */
    static final int HORIZON_SLOTS = 4;

    private static final double RISE_SECONDS = 60;
    private static final double FALL_SECONDS = 300;
    private static final double SPREAD_SECONDS = 1_800;

    /** How much of today's straying from the usual is left a slot later. */
    private static final double STRAY_LEFT = 0.8;

    /** What a new day weighs in the profile. */
    private static final float DAY_WEIGHT = 0.4f;

    private final float[] profile = new float[SLOTS];
    private final boolean[] seen = new boolean[SLOTS];
    private long lastSeconds = -1;
    private double level;
    private double variance;
    private long slot = -1;
    private double slotSum;
    private double slotSeconds;

    /** Length of what {@link #writeTo} writes. */
    static final int BYTES = 2 * Long.BYTES + 4 * Double.BYTES + SLOTS * (1 + Float.BYTES);

    /** Writes all that is known. */
    void writeTo(ByteBuffer bytes) {
        bytes.putLong(lastSeconds).putDouble(level).putDouble(variance);
        bytes.putLong(slot).putDouble(slotSum).putDouble(slotSeconds);
        for (int i = 0; i < SLOTS; i++) {
            bytes.put((byte) (seen[i] ? 1 : 0)).putFloat(profile[i]);
        }
    }

    /** The other way. */
    static SeasonalCourse readFrom(ByteBuffer bytes) {
        SeasonalCourse course = new SeasonalCourse();
        course.lastSeconds = bytes.getLong();
        course.level = bytes.getDouble();
        course.variance = bytes.getDouble();
        course.slot = bytes.getLong();
        course.slotSum = bytes.getDouble();
        course.slotSeconds = bytes.getDouble();
        for (int i = 0; i < SLOTS; i++) {
            course.seen[i] = bytes.get() != 0;
            course.profile[i] = bytes.getFloat();
        }
        boolean sound = Double.isFinite(course.level)
                && course.level >= 0
                && Double.isFinite(course.variance)
                && course.variance >= 0
                && Double.isFinite(course.slotSum)
                && Double.isFinite(course.slotSeconds);
        for (float each : course.profile) {
            sound &= Float.isFinite(each) && each >= 0;
        }
        if (!sound) {
            throw new IllegalArgumentException("figures of demand that are none");
        }
        return course;
    }

    /** Whether nothing was seen yet. */
    boolean blank() {
        return lastSeconds < 0;
    }

    /** Takes a value in that held since the one before; one that is not later than the last is passed over. */
    void observe(long timeSeconds, double value) {
        if (blank()) {
            level = value;
        } else if (timeSeconds > lastSeconds) {
            // After a silence the sample speaks for itself, not for all that time.
            double seconds = Math.min(timeSeconds - lastSeconds, SLOT_SECONDS);
            double off = value - level;
            level += off * weight(seconds, off > 0 ? RISE_SECONDS : FALL_SECONDS);
            variance += (off * off - variance) * weight(seconds, SPREAD_SECONDS);
            addToSlot(timeSeconds, value, seconds);
        } else {
            return;
        }
        lastSeconds = timeSeconds;
    }

    private static double weight(double seconds, double timeConstant) {
        return 1 - Math.exp(-seconds / timeConstant);
    }

    private void addToSlot(long timeSeconds, double value, double seconds) {
        long now = timeSeconds / SLOT_SECONDS;
        if (now != slot) {
            closeSlot();
            slot = now;
            slotSum = 0;
            slotSeconds = 0;
        }
        slotSum += value * seconds;
        slotSeconds += seconds;
    }

    private void closeSlot() {
        if (slotSeconds > 0) {
            int index = (int) Math.floorMod(slot, (long) SLOTS);
            float mean = (float) (slotSum / slotSeconds);
            profile[index] = seen[index] ? profile[index] + DAY_WEIGHT * (mean - profile[index]) : mean;
            seen[index] = true;
        }
    }

    /** What is expected within the hour after the last sample; the level stays when the same hour was never seen. */
    Forecast forecast() {
        double spread = Math.sqrt(variance);
        int now = blank() ? 0 : (int) Math.floorMod(lastSeconds / SLOT_SECONDS, (long) SLOTS);
        if (!seenFrom(now)) {
            return new Forecast(level, level, level, spread, false);
        }
        double stray = level - profile[now];
        double sum = 0;
        double max = 0;
        for (int ahead = 1; ahead <= HORIZON_SLOTS; ahead++) {
            stray *= STRAY_LEFT;
            double expected = Math.max(0, profile[(now + ahead) % SLOTS] + stray);
            sum += expected;
            max = Math.max(max, expected);
        }
        return new Forecast(level, sum / HORIZON_SLOTS, max, spread, true);
    }

    private boolean seenFrom(int now) {
        for (int ahead = 0; ahead <= HORIZON_SLOTS; ahead++) {
            if (!seen[(now + ahead) % SLOTS]) {
                return false;
            }
        }
        return true;
    }
}
