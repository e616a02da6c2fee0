package dev.sternpost.drs.replay;

/**
 * What making a stored pass again came to.
 *
 * @param identical whether the plan is the same to the last byte
 * @param difference where the stored plan and the new one part, with a little of both; empty when they do not
 */
public record Replay(boolean identical, String difference) {
    private static final int SHOWN = 120;

    static Replay of(String stored, String again) {
        if (stored.equals(again)) {
            return new Replay(true, "");
        }
        int at = 0;
        while (at < Math.min(stored.length(), again.length()) && stored.charAt(at) == again.charAt(at)) {
            at++;
        }
        return new Replay(false, "stored: " + around(stored, at) + "\n" + "again:  " + around(again, at));
    }

    private static String around(String text, int at) {
        return text.substring(Math.max(0, at - SHOWN), Math.min(text.length(), at + SHOWN));
    }
}
