package dev.sternpost.ha.message;

import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One host's word that another's lease has not moved: which write of it, and how long ago it was there at the latest.
 *
 * <p>Whoever hears it and reads that very write himself may count from then, by his own clock, however late the word came. Members believe each
 * other in this as they do in locks, which any of them can change too.
 *
 * @param incarnation of the guard that wrote it
 * @param sequence of the write
 * @param agoMillis since it was read first, at the moment it is told
 */
public record Sighting(long incarnation, long sequence, long agoMillis) {
    /** What is told and believed at most: much longer than anybody waits. */
    public static final long AGO_MILLIS_MAX = 3_600_000;

    /** Hosts that one heartbeat tells of; of more, those with the lowest ids. */
    public static final int HOSTS_MAX = 256;

    public Sighting {
        if (agoMillis < 0) {
            throw new IllegalArgumentException("not seen yet: " + agoMillis);
        }
        agoMillis = Math.min(agoMillis, AGO_MILLIS_MAX);
    }

    /** On one line, by host; no more than {@link #HOSTS_MAX}. */
    static String encoded(SortedMap<HostId, Sighting> sightings) {
        if (sightings.isEmpty()) {
            return "";
        }
        return sightings.entrySet().stream()
                .limit(HOSTS_MAX)
                .map(entry -> entry.getKey().number() + ":" + entry.getValue().encoded())
                .collect(Collectors.joining(" "));
    }

    private String encoded() {
        return incarnation + "." + sequence + "-" + agoMillis;
    }

    /**
     * What {@link #encoded(SortedMap)} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static SortedMap<HostId, Sighting> parseAll(String text) {
        if (text.isEmpty()) {
            return Collections.emptySortedMap();
        }
        TreeMap<HostId, Sighting> sightings = new TreeMap<>();
        for (String word : text.split(" ", HOSTS_MAX)) {
            int colon = word.indexOf(':');
            int dot = word.indexOf('.', colon + 1);
            int dash = word.indexOf('-', dot + 1);
            if (colon < 1 || dot < 0 || dash < 0) {
                throw new IllegalArgumentException("no sighting: " + word);
            }
            sightings.put(
                    HostId.of(Long.parseLong(word.substring(0, colon))),
                    new Sighting(
                            Long.parseLong(word.substring(colon + 1, dot)),
                            Long.parseLong(word.substring(dot + 1, dash)),
                            Long.parseLong(word.substring(dash + 1))));
        }
        return sightings;
    }
}
