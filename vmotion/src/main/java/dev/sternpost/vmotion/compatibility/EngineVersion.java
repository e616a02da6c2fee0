package dev.sternpost.vmotion.compatibility;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a QEMU version that decides about migration: a guest can move to the same or a newer minor version. What
 * cannot be read counts as the oldest, so that a move from it is allowed and a move to it is not.
 */
record EngineVersion(int major, int minor) implements Comparable<EngineVersion> {

    private static final Pattern LEADING = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*");
    private static final Comparator<EngineVersion> ORDER =
            Comparator.comparingInt(EngineVersion::major).thenComparingInt(EngineVersion::minor);

    static EngineVersion parse(String text) {
        Matcher matcher = LEADING.matcher(text);
        return matcher.matches()
                ? new EngineVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : new EngineVersion(0, 0);
    }

    @Override
    public int compareTo(EngineVersion other) {
        return ORDER.compare(this, other);
    }
}
