package dev.sternpost.agent.vmdirectory;

import java.util.Optional;

/**
 * Whom a lock file names.
 *
 * @param hostId host that may run the virtual machine, such as "host-12"
 * @param incarnation incarnation of the agent that wrote it
 * @param generation ownership generation
 * @param migrationId migration that handed it over; empty otherwise
 */
public record LockHolder(String hostId, long incarnation, long generation, String migrationId) {

    public LockHolder {
        Names.checkFileName(hostId, "host id");
        if (incarnation < 0 || generation < 0) {
            throw new IllegalArgumentException("incarnation and generation must not be negative");
        }
    }

    /** How it is shown: "host-12@7". */
    @Override
    public String toString() {
        return hostId + "@" + generation;
    }

    byte[] bytes(String vmId) {
        VmxText text = new VmxText();
        text.set("vmId", vmId);
        text.set("hostId", hostId);
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
            return Optional.of(new LockHolder(
                    text.find("hostId").orElse(""),
                    Long.parseLong(text.find("incarnation").orElse("")),
                    Long.parseLong(text.find("generation").orElse("")),
                    text.find("migrationId").orElse("")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
