package dev.sternpost.agent.vmdirectory;

import java.util.Optional;

/**
 * Whom a lock file names: a host, or nobody when the virtual machine was released to be started again by whichever host is told to.
 *
 * @param hostId host that may run the virtual machine, such as "host-12"; empty when it was released
 * @param incarnation incarnation of the agent that wrote it
 * @param generation ownership generation
 * @param migrationId migration that handed it over; empty otherwise
 */
public record LockHolder(String hostId, long incarnation, long generation, String migrationId) {

    /** Stands in the file where no host does; no host can have this id. */
    private static final String RELEASED = "-";

    /** Stands in the file where the virtual machine's files have moved away; no host can have this id, so nobody takes it. */
    private static final String MOVED = "-moved";

    private static final String PLACE_KEY = "movedTo";

    public LockHolder {
        if (!hostId.isEmpty()) {
            Names.checkFileName(hostId, "host id");
        }
        if (incarnation < 0 || generation < 0) {
            throw new IllegalArgumentException("incarnation and generation must not be negative");
        }
    }

    /** A virtual machine that stopped though nobody wanted that, under this generation. */
    public static LockHolder released(long generation) {
        return new LockHolder("", 0, generation, "");
    }

    /** Whether no host holds it, and high availability is to start it again. */
    public boolean isReleased() {
        return hostId.isEmpty();
    }

    /** How it is shown: "host-12@7", or "@7" when it was released. */
    @Override
    public String toString() {
        return hostId + "@" + generation;
    }

    /** The sign left behind by a virtual machine whose files have moved away, under this generation. */
    static LockHolder movedAway(long generation) {
        return new LockHolder(MOVED, 0, generation, "");
    }

    /** Whether its files have moved away, so that its lock lies elsewhere. */
    public boolean isMovedAway() {
        return hostId.equals(MOVED);
    }

    /** A sign that names the place, as written by {@link VmLock#moveAway}. */
    static byte[] sign(String vmId, long generation, String place) {
        VmxText text = VmxText.parse(movedAway(generation).bytes(vmId), "a sign");
        text.set(PLACE_KEY, place);
        return text.bytes();
    }

    /** The place that a sign names; empty in a lock. */
    static Optional<String> placeIn(byte[] content, String where) {
        return VmxText.parse(content, where).find(PLACE_KEY).filter(place -> !place.isEmpty());
    }

    byte[] bytes(String vmId) {
        VmxText text = new VmxText();
        text.set("vmId", vmId);
        text.set("hostId", isReleased() ? RELEASED : hostId);
        text.set("incarnation", Long.toString(incarnation));
        text.set("generation", Long.toString(generation));
        text.set("migrationId", migrationId);
        return text.bytes();
    }

    /** The virtual machine that a lock is about; empty when it does not say. */
    static String vmIdIn(byte[] content, String where) {
        return VmxText.parse(content, where).find("vmId").orElse("");
    }

    static Optional<LockHolder> parse(byte[] content, String where) {
        VmxText text = VmxText.parse(content, where);
        try {
            String host = text.find("hostId").orElse("");
            if (host.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new LockHolder(
                    host.equals(RELEASED) ? "" : host,
                    Long.parseLong(text.find("incarnation").orElse("")),
                    Long.parseLong(text.find("generation").orElse("")),
                    text.find("migrationId").orElse("")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
