package dev.sternpost.ha.lease;

import dev.sternpost.ha.port.Input;

/**
 * How long a slot has not moved, as one observer can prove it: from the end of the read that first showed the content to the beginning of the
 * last one that showed the same. Reads that failed prove nothing.
 *
 * @param content what was read last, torn or not; empty text when there was no slot
 * @param firstSeenMillis end of the read that showed it first
 * @param lastSeenMillis beginning of the last read that showed it
 */
public record SlotWatch(String content, long firstSeenMillis, long lastSeenMillis) {

    /** The first look. */
    public static SlotWatch first(Input.SlotRead read) {
        return new SlotWatch(read.content().orElse(""), read.atMillis(), read.startedMillis());
    }

    /** One more look. */
    public SlotWatch seen(Input.SlotRead read) {
        if (read.failed()) {
            return this;
        }
        String now = read.content().orElse("");
        if (!now.equals(content)) {
            return first(read);
        }
        // Reads may overtake each other: only one that began later proves more.
        return read.startedMillis() > lastSeenMillis
                ? new SlotWatch(content, firstSeenMillis, read.startedMillis())
                : this;
    }

    /** Somebody else read the same content first, at that moment at the latest. */
    public SlotWatch knownSince(long millis) {
        return millis < firstSeenMillis ? new SlotWatch(content, millis, lastSeenMillis) : this;
    }

    /** How long it is known not to have moved. */
    public long unmovedMillis() {
        return Math.max(0, lastSeenMillis - firstSeenMillis);
    }

    /** How long ago the last look began; what is older says nothing about now. */
    public long ageMillis(long nowMillis) {
        return nowMillis - lastSeenMillis;
    }
}
